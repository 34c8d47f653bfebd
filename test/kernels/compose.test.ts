/** What the composer and the planner promise of every variant, without a GPU. */
import { describe, expect, test } from 'vitest';
import { bindingsOf, compose } from '../../src/kernels/compose';
import { type KernelOpName, kernelOps } from '../../src/kernels/kernel-ops';
import { MASK_DIMS, type ParamName, packParams, paramsWgsl } from '../../src/kernels/params';
import { pieces } from '../../src/kernels/pieces';
import { type PlanDevice, planRows, type RowTask } from '../../src/kernels/plan';
import { type RegimeName, regimeNames, regimes } from '../../src/kernels/regimes';
import { composeStandAlone, standAloneNames } from '../../src/kernels/stand-alone';
import { canTake, chooseTier } from '../../src/kernels/tiers';
import type { Variant } from '../../src/kernels/variant';
import { variantName } from '../../src/kernels/variant';
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

const no = [false, true] as const;

/** The tasks of an operation with every set of buffers it may be given, in every regime. */
function* tasks(op: KernelOpName): Generator<RowTask> {
  const isLoss = op.startsWith('cross-entropy');
  const masked = kernelOps[op].hasPeak;
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

const rowOps = (Object.keys(kernelOps) as KernelOpName[]).filter(
  (op) => op !== 'softmax-jacobian' && op !== 'convert',
);

describe('bindings', () => {
  test.each(rowOps)('%s: at most 8 storage buffers, 1 uniform buffer', (op) => {
    const seen = new Set<string>();
    for (const task of tasks(op)) {
      for (const step of planRows(op, task, device).steps) {
        if (step.kind !== 'dispatch') continue;
        const { variant, ranges } = step;
        const name = variantName(variant);
        const bindings = bindingsOf(variant);
        const storage = bindings.filter(({ type }) => type !== 'uniform');
        expect(storage.length, name).toBeLessThanOrEqual(8);
        expect(bindings.length - storage.length, name).toBe(1);
        // All that is bound is planned for, and nothing else.
        const planned = ranges.map(({ role }) => role).sort();
        expect(planned, name).toEqual(storage.map(({ role }) => role).sort());
        // WebGPU forbids one buffer bound read-only and read-write in one dispatch.
        expect(new Set(ranges.map(({ buffer }) => buffer)).size, name).toBe(ranges.length);
        seen.add(name);
      }
    }
    expect(seen.size).toBeGreaterThan(regimeNames.length);
  });
});

describe('composition', () => {
  test('every piece is in the WGSL of some variant', () => {
    const all = [...allVariants().map(compose), ...standAloneNames.map(composeStandAlone)].join(
      '\n',
    );
    // What the composer renames for a role is told by its last line of code.
    const unused = Object.entries(pieces).filter(([, source]) => {
      const renamed = (role: string) =>
        source
          .replace(/\bPADDING_DATA\b/g, `PADDING_${role.toUpperCase()}`)
          .replace(/\bdata\b/g, role)
          .replace(/_data\b/g, `_${role}`)
          .replace(/_STEP\b/g, '_2')
          .replace(/\bSTEP\b/g, '2u')
          .replaceAll('SQUARE', '0_0');
      const roles = ['x', 'v', 'y', 'mask', 'class_index', 'loss', 'lse', 'dlse', 'norm', 'total'];
      return !all.includes(source) && !roles.some((role) => all.includes(renamed(role)));
    });
    expect(unused.map(([name]) => name)).toEqual([]);
  });

  test.each([
    [
      'a phase',
      { phase: 'row-twice' },
      "compose: there is no shader file 'regimes/row-twice.wgsl'",
    ],
    ['lanes', { lanes: 'warp' }, "compose: there is no shader file 'lanes/warp.wgsl'"],
    ['a mask', { mask: 'sliding' }, "compose: there is no shader file 'masks/sliding.wgsl'"],
    [
      'a layout',
      { layout: 'vec8' },
      "compose: there is no shader file 'loaders/address-vec8.wgsl'",
    ],
    [
      'a set of results',
      { phase: 'row', writes: ['y', 'lse', 'norm'] },
      'compose: no shader writes lse and norm a row',
    ],
  ])('%s that there is none of is an error', (_, change, message) => {
    expect(() => compose({ ...someVariant, ...change } as unknown as Variant)).toThrow(
      new Error(message),
    );
  });
});

describe('uniforms', () => {
  const fields = [...paramsWgsl.matchAll(/^ {2}(\w+): (u32|f32),$/gm)].map(
    ([, name, type], i) => [name as ParamName, type!, i] as const,
  );

  test('each is at the same word of the struct and of the buffer, with the same type', () => {
    // Members of 4 bytes lie one after the other in WGSL's layout.
    for (const [name, type, word] of fields) {
      const packed = packParams({ [name]: 3 });
      const three = type === 'f32' ? 0x40400000 : 3;
      expect([...packed], name).toEqual([...packed].map((_, i) => (i === word ? three : 0)));
    }
  });

  test('the dimensions of a mask follow on 16 bytes, one vec4 each', () => {
    expect(fields.length).toBeGreaterThan(40);
    expect(paramsWgsl).toMatch(/ {2}mask_dims: array<vec4<u32>, 8>,\n}\n$/);
    const dims = Array.from({ length: MASK_DIMS }, (_, d) => [10 + d, 20 + d] as const);
    const packed = packParams({ mask_dims: dims });
    const start = 4 * Math.ceil(fields.length / 4);
    expect(packed.length).toBe(start + 4 * MASK_DIMS);
    dims.forEach(([size, stride], d) => {
      expect([...packed.slice(start + 4 * d, start + 4 * d + 4)]).toEqual([size, stride, 0, 0]);
    });
  });
});

/** What a regime's refusal says besides. */
const needs = (regime: RegimeName) =>
  ({
    invocation: '',
    workgroup: ', side by side (the axis is the last)',
    subgroup: ', side by side (the axis is the last), and needs subgroups',
  })[regimes[regime].lanes];

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

  test.each(regimeNames.filter((name) => Number.isFinite(regimes[name].maxQuads)))(
    '%s takes its longest row and refuses a longer one',
    (regime) => {
      const maxLength = 4 * regimes[regime].maxQuads;
      const plan = (length: number) =>
        planRows('softmax', taskOf('softmax', { length, regime }), device);
      expect(plan(maxLength).regime).toBe(regime);
      expect(() => plan(maxLength + 1)).toThrow(
        new RangeError(
          `softmax: regime '${regime}' cannot take rows of ${maxLength + 1} elements on this device; it takes up to ${maxLength}${needs(regime)}`,
        ),
      );
    },
  );

  test.each(regimeNames)('%s takes rows of any stride or refuses them', (regime) => {
    const plan = () =>
      planRows('softmax', taskOf('softmax', { length: 9, inner: 3, regime }), device);
    if (regimes[regime].lanes === 'invocation') expect(plan().regime).toBe(regime);
    else expect(plan).toThrow(/side by side \(the axis is the last\)/);
  });

  test('a regime of subgroups is refused where there are none', () => {
    const task = taskOf('softmax', { length: 100, regime: 'row-per-subgroup' });
    expect(() => planRows('softmax', task, { ...device, subgroups: false })).toThrow(
      /^softmax: regime 'row-per-subgroup' cannot take rows of 100 elements on this device; it takes up to \d+, side by side \(the axis is the last\), and needs subgroups$/,
    );
  });

  test('no dispatch has more workgroups in a dimension than the device allows', () => {
    const task = taskOf('softmax', { length: 5, inner: 2 ** 24 });
    const large = { ...device, maxBinding: 2 ** 40, maxElements: 2 ** 40 };
    for (const step of planRows('softmax', task, large).steps) {
      if (step.kind !== 'dispatch') continue;
      const [x, y] = step.workgroups;
      expect(Math.max(x, y)).toBeLessThanOrEqual(large.maxWorkgroups);
      expect(x * y * step.variant.workgroupSize).toBeGreaterThanOrEqual(2 ** 23);
    }
    const few = taskOf('softmax', { length: 5, inner: 2_000_001, regime: 'row-per-invocation' });
    const [step] = planRows('softmax', few, { ...large, maxWorkgroups: 100 }).steps;
    expect(step).toMatchObject({ kind: 'dispatch', workgroups: [100, 157] });
  });
});
