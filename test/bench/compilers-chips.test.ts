/** Compilers at work: skipped where their packages cannot be had, with the reason. */
import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import Ajv from 'ajv/dist/2020';
import { describe, expect, test } from 'vitest';
import { allCases, parseCase } from '../../bench/compilers/cases';
import { type Collected, collect } from '../../bench/compilers/collect';
import { unexpectedOf } from '../../bench/compilers/exceptions';
import { missesOf } from '../../bench/compilers/goals';
import { type CompilerResults, FORMAT } from '../../bench/compilers/results';
import schema from '../../bench/compilers/results.schema.json';
import { withShares } from '../../bench/compilers/shares';
import { Progress } from '../../bench/progress';
import { type Chip, chips } from '../../compilers/chips';
import { Compiler, type Source } from '../../compilers/compiler';
import { type Engine, engines } from '../../compilers/engines';
import { figuresOf } from '../../compilers/figures';
import { findToolchain } from '../../compilers/toolchain';

const found = await findToolchain().catch((error: Error) => {
  console.log(`GPU compilers are not here, and their tests are skipped: ${error.message}`);
  return undefined;
});
const toolchain = found!;
const [navi21] = chips;
const [dawn] = engines;
const silent = new Progress(new Writable({ write: (_, __, done) => done() }) as WriteStream);

const doubled: Source = {
  name: 'doubled',
  bindings: ['read-only-storage', 'storage'],
  wgsl: `
    @group(0) @binding(0) var<storage, read> x: array<vec4f>;
    @group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) {
      y[at.x] = 2 * x[at.x];
    }`,
};

const withResults = (collected: Collected): CompilerResults => ({
  format: FORMAT,
  date: new Date().toISOString(),
  commit: null,
  seconds: 0,
  versions: toolchain.packages.versions,
  ...collected,
  calls: withShares(collected),
});

describe.skipIf(!found)('compilers (skipped where their packages or gcc cannot be had)', () => {
  const targets = chips.flatMap((chip) => engines.map((engine) => ({ chip, engine })));
  test.each(targets.map((target) => [target.chip.name, target.engine.name, target] as const))(
    '%s through %s: figures of a kernel, the words of one that does not compile',
    async (_, __, target) => {
      const compiler = await Compiler.open(toolchain, { ...target, raised: false });
      try {
        await expect(compiler.compile({ ...doubled, wgsl: 'fn main() { no }' })).rejects.toThrow(
          /no|expected/,
        );
        const figures = figuresOf(target.chip.driver, await compiler.compile(doubled));
        expect(figures.spills).toBe(0);
        for (const what of ['registers', 'waves', 'instructions', 'subgroup'] as const) {
          expect(figures[what], what).toBeGreaterThan(0);
        }
        if (!figures.memory) expect(target.chip.name).toBe('m1');
        else {
          const bits = ({ loads }: typeof figures.memory) =>
            Object.entries(loads).reduce((sum, [width, count]) => sum + Number(width) * count, 0);
          expect(bits(figures.memory)).toBe(128);
        }
      } finally {
        await compiler.close();
      }
    },
  );

  const without = { ...navi21!, env: { AMDGPU_GPU_ID: 'navi99' } };
  const shimless: Chip = { ...navi21!, driver: { ...navi21!.driver, shim: 'nowhere.so' } };
  const dumb: Engine = { ...dawn!, command: () => ['/bin/false'] };
  test.each([
    ['a chip that the driver does not know', without, dawn!, /navi99|adapter/i],
    ['a driver that does not start', shimless, dawn!, /nowhere\.so|adapter/],
    ['a process that ends', navi21!, dumb, /the driver's process ended \(status 1\): no word/],
  ] as const)(
    '%s: what goes wrong is named, and the rest goes on',
    async (_, chip, engine, words) => {
      const cases = [parseCase('softmax 64x1000')];
      const task = { cases, chips: [chip, chips[6]!], engines: [engine] };
      const { failures, devices } = await collect(toolchain, task, silent);
      expect(failures[0]).toMatch(words);
      expect(failures[0]).toContain(chip.title);
      expect(devices.map((device) => device.chip)).toEqual(engine === dumb ? [] : ['m1']);
    },
  );

  test('a row of 1 000 is executed as it is known to be, and the JSON is as its schema says', async () => {
    const cases = [parseCase('softmax 1049x1000'), parseCase('softmax 16x65536')];
    const chosen = chips.filter(({ name }) => ['navi21', 'ampere', 'm1'].includes(name));
    const collected = await collect(toolchain, { cases, chips: chosen, engines }, silent);
    const results = withResults(collected);
    expect(results.failures).toEqual([]);
    const validate = new Ajv({ allErrors: true }).compile(schema);
    expect(validate(JSON.parse(JSON.stringify(results))) ? [] : validate.errors).toEqual([]);
    const executed = results.calls.filter(({ shares }) => shares.length > 0);
    expect(executed.length).toBeGreaterThan(2);
    for (const { dispatches, elements, shares } of executed) {
      expect(shares.map(({ gpu }) => gpu)).toEqual(['RX 6900 XT', 'H100', 'M2']);
      for (const { executed: counts } of dispatches) {
        expect(counts!.laneOperations / elements).toBeLessThan(60);
        expect(counts!.roundTrips).toBeGreaterThan(0);
      }
    }
  });

  test('f32 softmax on RDNA2 and the M1 misses no goal that is not on the list', async () => {
    const cases = allCases.filter(
      ({ op, dtype, precision }) => op === 'softmax' && dtype === 'f32' && precision === 'default',
    );
    const chosen = chips.filter(({ name }) => ['navi21', 'm1'].includes(name));
    const collected = await collect(toolchain, { cases, chips: chosen, engines: [dawn!] }, silent);
    expect(collected.failures).toEqual([]);
    expect(unexpectedOf(missesOf(withResults(collected)))).toEqual([]);
  });
});
