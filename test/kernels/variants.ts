/**
 * The table of variants: what the planner makes of every operation in every regime, and of every
 * option that changes a shader. One test compiles them all, another keeps their WGSL.
 */
import { halvesBy } from '../../src/f16';
import type { DType, Region } from '../../src/gpu/region';
import { high } from '../../src/high';
import { type MaskTask, type PlanDevice, planRows, type RowTask } from '../../src/rows/plan';
import { type RegimeName, regimeNames } from '../../src/rows/regimes';
import { canTake } from '../../src/rows/tiers';
import { type Variant, variantName } from '../../src/rows/variant';
import { rowOps as opsByName, rowDispatches } from './kernels';

export const device: PlanDevice = {
  adapter: 'gpu',
  subgroups: true,
  subgroupMinSize: 32,
  maxBinding: 2 ** 27,
  maxWorkgroups: 65_535,
  halves: halvesBy('integer'),
  maxElements: 2 ** 29,
};

/** A stand-in: planning looks at a buffer's identity and usage only. */
const buffer = (): GPUBuffer => ({ usage: 0xff }) as GPUBuffer;
const region = (count: number, byteOffset = 0, dtype: DType = 'f32'): Region => ({
  buffer: buffer(),
  byteOffset,
  dtype,
  count,
});

/** Which of the optional buffers an operation is given. */
interface Options {
  readonly length: number;
  /** Outer slabs of rows; default 2. */
  readonly outer?: number;
  readonly inner?: number;
  readonly byteOffset?: number;
  readonly mask?: MaskTask['kind'];
  readonly maskLayout?: MaskTask['layout'];
  readonly weights?: boolean;
  readonly norm?: boolean;
  readonly lossGrad?: boolean;
  readonly outputs?: 'loss' | 'grad' | 'both';
  readonly inPlace?: boolean;
  readonly regime?: RegimeName;
  readonly high?: boolean;
  /** Row data is f16: all of it, or the inputs alone. */
  readonly f16?: 'all' | 'inputs';
}

const takesTwo = (op: string) => /softmax-(vjp|jvp)|probabilities/.test(op);
const isLoss = (op: string) => op.startsWith('cross-entropy');
const isInternal = (op: string) => op === 'kept-weight' || op === 'loss-total';

/** A task of this operation with these options. */
export function taskOf(op: string, o: Options): RowTask {
  const { length, outer = 2, inner = 1, outputs = 'both' } = o;
  const rows = outer * inner;
  const all = rows * length;
  const input = !o.f16 || isInternal(op) ? 'f32' : 'f16';
  const x = region(all, o.byteOffset, input);
  const emits = op !== 'log-sum-exp' && !isInternal(op) && !(isLoss(op) && outputs === 'loss');
  const y = o.inPlace ? x : region(all, o.byteOffset, o.f16 === 'inputs' ? 'f32' : input);
  const values: Record<string, Region> = {};
  if (op === 'log-sum-exp') values.lse = region(rows);
  if (op === 'log-sum-exp-vjp') values.dlse = region(rows);
  if (isLoss(op) && op !== 'cross-entropy-probabilities') values.class_index = region(rows);
  if (isLoss(op) && outputs !== 'grad') values.loss = region(rows);
  if (isLoss(op) && outputs === 'loss') values.lse = region(rows);
  if (o.norm || op === 'kept-weight') values.norm = region(2);
  if (o.lossGrad) values.loss_grad = region(rows);
  if (op === 'loss-total') values.total = region(1);
  return {
    op: opsByName.get(op)!,
    shape: { outer, length, inner },
    data: {
      x,
      ...(takesTwo(op) && { v: region(all, o.byteOffset, input) }),
      ...(emits && { y }),
    },
    values,
    ...(o.weights && { weights: region(length) }),
    ...(o.mask && {
      mask: {
        kind: o.mask,
        layout: o.maskLayout ?? 'row',
        ...(o.mask !== 'causal' && { region: region(all) }),
      },
    }),
    ...(o.regime && { regime: o.regime }),
    ...(o.high && { high }),
  };
}

const variantsOf = (task: RowTask, on = device): Variant[] =>
  rowDispatches(planRows(task.op.name, task, on)).map(({ kernel }) => kernel.variant);

const rowOps = [...opsByName.keys()];

/** Those with `precision: high`. */
const precise = rowOps.filter((op) => opsByName.get(op)!.precise);

/** Every operation in every regime, without options. */
function basic(): Variant[] {
  const named = rowOps.flatMap((op) =>
    regimeNames.flatMap((regime) => variantsOf(taskOf(op, { length: 1000, regime }))),
  );
  // Its pieces are the same in every regime; how they go with each is seen on one operation.
  const high = precise.flatMap((op) => {
    const named = op === 'softmax' ? regimeNames : (['row-per-subgroup'] as const);
    const forced: Options[] = named.map((regime) => ({ length: 1000, regime }));
    const columns = isLoss(op) ? [{ length: 10_000, inner: 8 }] : [];
    return [...forced, ...columns].flatMap((o) => variantsOf(taskOf(op, { ...o, high: true })));
  });
  // A short row's straight-line code, and columns, whole and split.
  const others = [{ length: 10 }, { length: 1000, inner: 8 }, { length: 10_000, inner: 8 }];
  const more = (['softmax', 'softmax-vjp', 'cross-entropy'] as const).flatMap((op) =>
    others.flatMap((o) => variantsOf(taskOf(op, o))),
  );
  // Halves: of whole quads, of whole words, of neither, and in columns.
  const halves = [
    { length: 1000 },
    { length: 1002 },
    { length: 1001 },
    { length: 1000, inner: 8 },
    { length: 1000, inner: 6 },
  ].flatMap((o) => variantsOf(taskOf('softmax', { ...o, f16: 'all' })));
  return [...named, ...high, ...more, ...halves];
}

/** Everything that changes a shader, one thing at a time and some together. */
function options(): Variant[] {
  const lists: Options[] = [
    { length: 1001 },
    { length: 1000, byteOffset: 4 },
    { length: 1000, inner: 3 },
    { length: 1000, inner: 4 },
    { length: 1000, inner: 3, regime: 'row-per-invocation' },
    { length: 1000, inner: 4, regime: 'row-per-invocation' },
    { length: 10 },
    { length: 128 },
    { length: 10, inner: 3 },
    { length: 32, inner: 4 },
    { length: 1000, inPlace: true },
    { length: 1000, f16: 'all' },
    { length: 1002, f16: 'all', inPlace: true },
    { length: 1001, f16: 'all' },
    { length: 1001, f16: 'inputs' },
    { length: 11, f16: 'inputs' },
    { length: 1000, inner: 3, f16: 'inputs' },
    { length: 1000, inner: 6, f16: 'all' },
    { length: 1000, inner: 8, f16: 'all' },
    { length: 1001, inPlace: true },
    ...[4, 64, 256, 4096, 16_384].map((length) => ({
      length,
      regime: 'row-per-workgroup' as const,
    })),
  ];
  for (const kind of ['additive', 'boolean'] as const) {
    lists.push({ length: 1000, mask: kind }, { length: 1001, mask: kind });
    lists.push({ length: 1000, mask: kind, maskLayout: 'broadcast' });
  }
  lists.push({ length: 1001, mask: 'bits', maskLayout: 'broadcast' });
  lists.push({ length: 1000, mask: 'causal' });
  const losses: Options[] = (['loss', 'grad', 'both'] as const).flatMap((outputs) => [
    { length: 1000, outputs },
    { length: 1000, outputs, norm: true },
    { length: 1001, outputs, norm: true, weights: true, mask: 'additive' },
    { length: 1000, outputs, weights: true },
    ...(outputs === 'loss'
      ? []
      : [
          { length: 1000, outputs, lossGrad: true },
          {
            length: 1000,
            outputs,
            lossGrad: true,
            norm: true,
            weights: true,
            mask: 'boolean',
          } as const,
          { length: 4097, outputs, lossGrad: true, norm: true, weights: true, inPlace: true },
        ]),
  ]);
  return rowOps.flatMap((op) => {
    const masks = opsByName.get(op)!.hasMax;
    const own = lists.filter(
      (o) => (masks || !o.mask) && !((o.inPlace || o.inner) && isInternal(op)),
    );
    const all = isLoss(op) ? [...own, ...losses] : own;
    // Options and regimes are pieces apart: each option meets one regime, in turn.
    return all.flatMap((o, i) => {
      const able = regimeNames.filter((name) =>
        canTake(name, o.length, (o.inner ?? 1) > 1, device),
      );
      const regime = o.regime ?? able[i % able.length]!;
      return variantsOf(taskOf(op, { ...o, regime }));
    });
  });
}

/** Halves that the device converts itself: loaded and stored, loaded alone. */
function converted(halfConversion: 'native' | 'typed'): Variant[] {
  const on: PlanDevice = { ...device, halves: halvesBy(halfConversion) };
  const tasks = [
    taskOf('softmax', { length: 1000, regime: 'row-per-subgroup', f16: 'all' }),
    taskOf('log-sum-exp', { length: 1000, inner: 6, f16: 'all' }),
  ];
  // The type is stored by the element too.
  if (halfConversion === 'typed') {
    for (const o of [{ length: 1001 }, { length: 1000, inner: 3 }]) {
      tasks.push(taskOf('softmax', { ...o, f16: 'all' }));
    }
  }
  return tasks.flatMap((task) => variantsOf(task, on));
}

const unique = (variants: Variant[]): Variant[] => [
  ...new Map(variants.map((v) => [variantName(v), v])).values(),
];

/** Variants whose WGSL is kept in `test/golden`. */
export const goldenVariants = (): Variant[] =>
  unique([...basic(), ...converted('native'), ...converted('typed')]);

/** Every variant. */
export const allVariants = (): Variant[] => unique([...goldenVariants(), ...options()]);
