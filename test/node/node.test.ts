/** The library in Node, without a browser: each way to load and store in every regime, held to the reference. */
import { expect, test } from 'vitest';
import type { Case } from '../../conformance/cases';
import { halfKernels, subgroupsOf, takes } from '../../conformance/matrix';
import { runCases } from '../../conformance/run-cases';
import { createEngine, f16 } from '../../src/index';
import { regimeNames } from '../../src/rows/regimes';
import { findAdapter } from './adapter';

const adapter = await findAdapter();
const { info } = adapter ?? {};
console.log(
  info
    ? `Node ${process.version}: ${info.vendor} ${info.architecture} ${info.device} ${info.description}`
    : 'Node: no Vulkan driver that Dawn can use was found',
);

test.skipIf(!adapter)(
  'planned and forced regimes (skipped where Dawn finds no Vulkan driver: it brings none)',
  async () => {
    const features = [...adapter!.features].filter((name) => name === 'subgroups');
    const device = await adapter!.requestDevice({ requiredFeatures: features });
    const engine = await createEngine({ device, f16 });
    const subgroups = subgroupsOf(device);
    const cases = halfKernels.slice(0, 3).flatMap((kernel, i): Case[] => {
      // Each regime meets each operation, at one of the lengths.
      const forced = regimeNames
        .filter((regime) => takes(regime, 37, false, subgroups))
        .map((regime, j): Case => {
          const length = [37, 100, 4001][(i + j) % 3]!;
          return { ...kernel, shape: [7, length], seed: length, regime };
        });
      const f16 = ['x', 'v', 'y'] as const;
      return [
        ...forced.filter(({ regime, shape }) => takes(regime!, shape[1]!, false, subgroups)),
        { ...kernel, shape: [5, 64], seed: i },
        { ...kernel, shape: [2, 19, 5], axis: 1, seed: i, f16 },
      ];
    });
    const results = await runCases(engine, cases);
    device.destroy();
    console.log(`${results.length} cases in Node`);
    expect(results.filter(({ ok }) => !ok).map(({ report }) => report)).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(20);
  },
);
