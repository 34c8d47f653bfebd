/** What depends on the width of subgroups, and on f16 beside them. */
import type { Case } from '../../conformance/cases';
import { sharedEngine } from '../../conformance/engine';
import { kernels } from '../../conformance/matrix';
import { rowOps } from '../../conformance/operations';
import { runCases } from '../../conformance/run-cases';

export interface Outcome {
  readonly cases: number;
  readonly elements: number;
  readonly reports: readonly string[];
}

type Kernel = Omit<Case, 'shape' | 'seed'>;

/** Rows of four lanes and of eight, whole and ragged, up to what eight lanes hold. */
const lengths = [5, 33, 64, 129, 201, 256];

const bySubgroups = (kernel: Kernel, of = lengths): Case[] =>
  of.map((length) => ({
    ...kernel,
    shape: [37, length],
    seed: length,
    regime: 'row-per-subgroup',
  }));

const f16 = ['x', 'v', 'y'] as const;

const lists: Record<string, () => readonly Case[]> = {
  'rows by subgroups': () => kernels.flatMap((kernel) => bySubgroups(kernel)),
  'rows by subgroups, precise': () =>
    (['softmax', 'logSumExp', 'crossEntropyWithGrad'] as const).flatMap((op) =>
      bySubgroups({ op, precision: 'high' }, [129, 256]),
    ),
  'rows by subgroups, masked': () => [
    ...bySubgroups({ op: 'softmax', mask: 'additive' }, [129]),
    ...bySubgroups({ op: 'logSoftmax', mask: 'causal' }, [129]),
    ...bySubgroups({ op: 'crossEntropyGrad', mask: 'boolean', weights: true }, [129]),
  ],
  'f16 by subgroups': () =>
    (['softmax', 'logSumExp', 'softmaxVjp'] as const).flatMap((op) =>
      bySubgroups({ op, f16 }, [128, 129, 254]),
    ),
  'f16 as planned': () =>
    rowOps
      .filter((op) => op !== 'softmaxJacobian')
      .map((op): Case => ({ op, f16, shape: [5, 37], seed: 3 })),
  'columns dealt apart': () =>
    (['softmax', 'softmaxVjp', 'crossEntropyWithGrad'] as const).flatMap((op): Case[] => [
      { op, shape: [2, 40, 260], axis: 1, seed: 4 },
      { op, shape: [1, 1030, 67], axis: 1, seed: 5 },
    ]),
  'picks and draws': () =>
    (['split-per-invocation', 'split-per-workgroup'] as const).flatMap((regime) =>
      [60, 5001].flatMap((length): Case[] => [
        { op: 'argmax', shape: [7, length], seed: length, regime },
        { op: 'topK', k: 5, values: 'probabilities', shape: [7, length], seed: length, regime },
        { op: 'sample', draws: 4, shape: [7, length], seed: length, regime },
      ]),
    ),
};

export const namesOfLists = (): readonly string[] => Object.keys(lists);

/** How wide the subgroups are, and what the device has. */
export async function describeDevice() {
  const { device } = await sharedEngine();
  const { subgroupMinSize, subgroupMaxSize, description } = device.adapterInfo;
  const has = (name: GPUFeatureName) => device.features.has(name);
  return {
    subgroupMinSize,
    subgroupMaxSize,
    description,
    f16: has('shader-f16'),
    subgroups: has('subgroups'),
  };
}

/** The cases of a list, planned for a GPU where they are not forced; f16 as the device has it. */
export async function runList(name: string): Promise<Outcome> {
  const options = name.startsWith('f16') ? { halfConversion: 'typed' as const } : {};
  const results = await runCases(await sharedEngine(options), lists[name]!());
  return {
    cases: results.length,
    elements: results.reduce((sum, { count }) => sum + count, 0),
    reports: results.flatMap(({ ok, report }) => (ok ? [] : [report])).slice(0, 4),
  };
}
