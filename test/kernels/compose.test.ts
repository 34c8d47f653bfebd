/** What the composer and the planner promise of every variant, without a GPU. */
import { describe, expect, test } from 'vitest';
import { packUniforms } from '../../src/gpu/kernel';
import { rowKernel } from '../../src/rows/kernel';
import { type PlanDevice, planRows, type RowTask } from '../../src/rows/plan';
import { type RegimeName, regimeNames } from '../../src/rows/regimes';
import { canTake, chooseTier } from '../../src/rows/tiers';
import type { Variant } from '../../src/rows/variant';
import { declarationsIn } from '../../src/wgsl/readable';
import { allKernels } from './all-kernels';
import { files, rowDispatches, rowOps } from './kernels';
import { allVariants, device, taskOf } from './variants';

const [someVariant] = allVariants() as [Variant];

/** Every list with one choice from each of these lists. */
function* choices<T extends readonly (readonly unknown[])[]>(
  ...[first, ...rest]: T
): Generator<{ [K in keyof T]: T[K][number] }> {
  type Choice = { [K in keyof T]: T[K][number] };
  if (first === undefined) yield [] as unknown as Choice;
  else {
    for (const head of first) {
      for (const tail of choices(...rest)) yield [head, ...tail] as unknown as Choice;
    }
  }
}

/** A file's part of a kernel: the file, whom it is for, and what of it is there. */
const PART =
  /^\/\/ ---- (\S+\.wgsl)(?: for ([\w, ]+))? -+\n([\s\S]*?)(?=^\/\/ ---- |$(?![\s\S]))/gm;

const no = [false, true] as const;

/** The tasks of an operation with every set of buffers it may be given, in every regime. */
function* tasks(op: string): Generator<RowTask> {
  const isLoss = op.startsWith('cross-entropy');
  const masked = rowOps.get(op)!.hasMax;
  const loss = isLoss ? no : ([false] as const);
  const kinds = masked ? ([undefined, 'additive', 'boolean', 'causal'] as const) : [undefined];
  const outputs = isLoss ? (['loss', 'grad', 'both'] as const) : (['both'] as const);
  for (const [regime, mask, layout, output, weights, norm, lossGrad, inPlace] of choices(
    regimeNames,
    kinds,
    ['row', 'broadcast'] as const,
    outputs,
    op === 'kept-weight' ? no : loss,
    op === 'loss-total' ? no : loss,
    loss,
    no,
  )) {
    if (norm && op === 'cross-entropy-probabilities') continue;
    yield taskOf(op, {
      length: 1000,
      regime,
      ...(mask && { mask, maskLayout: mask === 'causal' ? 'row' : layout }),
      outputs: output,
      weights,
      norm,
      lossGrad: lossGrad && output !== 'loss',
      inPlace: inPlace && op !== 'kept-weight' && op !== 'loss-total' && output !== 'loss',
    });
  }
}

describe('bindings', () => {
  test.each([...rowOps.keys()])('%s: at most 8 storage buffers, 1 uniform buffer', (op) => {
    const seen = new Set<string>();
    for (const task of tasks(op)) {
      for (const { kernel, ranges } of rowDispatches(planRows(op, task, device))) {
        const { name, bindings } = kernel;
        expect(bindings.length, name).toBeLessThanOrEqual(8);
        // All that is bound is planned for, and nothing else.
        const planned = ranges.map(({ role }) => role).sort();
        expect(planned, name).toEqual(bindings.map(({ role }) => role).sort());
        // WebGPU forbids one buffer bound read-only and read-write in one dispatch.
        expect(new Set(ranges.map(({ buffer }) => buffer)).size, name).toBe(ranges.length);
        seen.add(name);
      }
    }
    expect(seen.size).toBeGreaterThan(regimeNames.length);
  });
});

describe('composition', () => {
  test('whatever a file declares is in the WGSL of some kernel', () => {
    const emitted = new Set<string>();
    for (const { wgsl } of allKernels().map(({ emit }) => emit(false))) {
      for (const [, file, whom, text] of wgsl.matchAll(PART)) {
        for (const { name } of declarationsIn(text!)) {
          // A file for a role, a quad or a square gives its names other ends.
          const role = whom?.split(', ').find((one) => name.endsWith(`_${one}`));
          const stem = role === undefined ? name : name.slice(0, name.lastIndexOf(`_${role}`));
          emitted.add(`${file}: ${stem}`);
        }
      }
    }
    const missing = [...files].flatMap(([file, text]) =>
      declarationsIn(text)
        .map(({ name }) => `${file}: ${name.replace(/_(data|STEP|SQUARE)$/, '')}`)
        .filter((declared) => !emitted.has(declared)),
    );
    expect(missing).toEqual([]);
  });

  test.each([
    ['a phase', { phase: 'row-twice' }],
    ['a scope', { scope: 'warp' }],
    ['a layout', { layout: 'vec8' }],
  ])('%s that there is none of is an error', (_, change) => {
    const kernel = rowKernel({ ...someVariant, ...change } as unknown as Variant);
    expect(kernel.emit).toThrow(new Error(`there are no files of ${kernel.name}`));
  });
});

describe('uniforms', () => {
  const emitted = allKernels().map(({ name, emit }) => ({ name, ...emit() }));

  test('are at the same word of the struct and of the buffer', () => {
    for (const { name: kernel, wgsl, uniforms } of emitted) {
      const [, struct = ''] = /^struct Params \{\n([^}]*)\}/m.exec(wgsl)!;
      const members = [...struct.matchAll(/(\w+): ([^\n]*),\n/g)];
      expect(
        members.map(([, name]) => name),
        kernel,
      ).toEqual(uniforms.map(([name]) => name));
      // Members of 4 bytes lie one after the other in WGSL's layout, before arrays.
      uniforms.forEach(([name, type], word) => {
        if (typeof type === 'number') {
          expect(members[word]![2], name).toBe(`array<vec4<u32>, ${type}>`);
          return;
        }
        expect(members[word]![2], name).toBe(type);
        const packed = packUniforms(uniforms, { [name]: 3 });
        const three = type === 'f32' ? 0x40400000 : 3;
        expect([...packed], name).toEqual([...packed].map((_, i) => (i === word ? three : 0)));
      });
      const arrays = uniforms.map(([, type]) => Number(typeof type === 'number'));
      expect(arrays, kernel).toEqual(arrays.toSorted());
    }
  });

  test.each([0, 1, 3, 4, 5])(
    'an array after %i scalars starts on 16 bytes, a vec4 an entry',
    (n) => {
      const scalars = Array.from({ length: n }, (_, i) => [`s${i}`, 'u32'] as const);
      const packed = packUniforms([...scalars, ['dims', 3]], {
        dims: [
          [1, 2],
          [3, 4],
        ],
      });
      const start = 4 * Math.ceil(n / 4);
      expect([...packed.slice(start)]).toEqual([1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0]);
    },
  );

  test('a kernel has those that its code reads, and no others', () => {
    for (const { name: kernel, wgsl, uniforms } of emitted) {
      const read = new Set(wgsl.match(/(?<=\bparams\.)\w+/g));
      expect(new Set(uniforms.map(([name]) => name)), kernel).toEqual(read);
    }
  });
});

describe('regimes', () => {
  const devices = (['cpu', 'gpu'] as const).flatMap((adapter) =>
    no.map((subgroups): PlanDevice => ({ ...device, adapter, subgroups })),
  );
  const lengths = (function* () {
    for (let k = 1; k <= 2 ** 24; k = k < 5000 ? k + 1 : Math.ceil(k * 1.001)) yield k;
    for (let e = 0; e <= 24; e++) yield* [2 ** e, 2 ** e + 1];
  })();
  const allLengths = [...lengths];

  test.each(devices)('$adapter, subgroups $subgroups: one for every K', (on) => {
    for (const strided of no) {
      for (const length of allLengths) {
        const { regime, chunk } = chooseTier(length, strided, on);
        if (!canTake(regime, length, strided, on))
          throw new Error(`${regime} cannot take ${length}`);
        if (chunk % 1024 !== 0) throw new Error(`a chunk of ${chunk} elements`);
      }
    }
  });

  const refusal = (what: string, regime: RegimeName) =>
    new RangeError(`softmax: regime: expected one for ${what} elements, got '${regime}'`);
  const planOf = (options: Parameters<typeof taskOf>[1], on = device) =>
    planRows('softmax', taskOf('softmax', options), on);

  test.each([
    ['row-per-invocation', 4096],
    ['row-per-subgroup', 1024],
    ['row-per-workgroup', 16_384],
  ] as const)('%s takes rows up to %i, and refuses longer ones', (regime, length) => {
    expect(planOf({ length, regime }).regime).toBe(regime);
    expect(() => planOf({ length: length + 1, regime })).toThrow(
      refusal(`rows of ${length + 1}`, regime),
    );
  });

  test.each(['row-per-invocation', 'row-per-workgroup'] as const)('%s takes columns', (regime) => {
    expect(planOf({ length: 1024, inner: 3, regime }).regime).toBe(regime);
    expect(() => planOf({ length: 1025, inner: 3, regime })).toThrow(
      refusal('columns of 1025', regime),
    );
  });

  test('subgroups take no columns, and nothing where there are none', () => {
    const regime = 'row-per-subgroup';
    expect(() => planOf({ length: 9, inner: 3, regime })).toThrow(refusal('columns of 9', regime));
    expect(() => planOf({ length: 100, regime }, { ...device, subgroups: false })).toThrow(
      refusal('rows of 100', regime),
    );
  });

  test('no dispatch has more workgroups in a dimension than the device allows', () => {
    const task = taskOf('softmax', { length: 5, inner: 2 ** 24 });
    const large = { ...device, maxBinding: 2 ** 40, maxElements: 2 ** 40 };
    for (const { kernel, workgroups } of rowDispatches(planRows('softmax', task, large))) {
      const [x, y] = workgroups;
      expect(Math.max(x, y)).toBeLessThanOrEqual(large.maxWorkgroups);
      expect(x * y * kernel.variant.workgroupSize).toBeGreaterThanOrEqual(2 ** 23);
    }
    const few = taskOf('softmax', { length: 5, inner: 2_000_001, regime: 'row-per-invocation' });
    const [step] = planRows('softmax', few, { ...large, maxWorkgroups: 100 }).steps;
    expect(step).toMatchObject({ kind: 'dispatch', workgroups: [100, 157] });
  });
});
