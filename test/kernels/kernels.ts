/** All that kernels are made of, for tests that go through them. */

import { operations } from '../../conformance/operations';
import { halvesBy } from '../../src/f16';
import type { Halves } from '../../src/gpu/halves';
import type { Kernel } from '../../src/gpu/kernel';
import type { Plan } from '../../src/gpu/plan';
import type { FloatDType } from '../../src/gpu/region';
import { adamStepMap } from '../../src/map/adam-step';
import { biasMap, everyKernel } from '../../src/map/adjust';
import { convertMap } from '../../src/map/convert';
import { countTokensMap } from '../../src/map/count-tokens';
import { mapKernel } from '../../src/map/elements';
import { type FlatMap, flatKernel } from '../../src/map/flat';
import { jacobianKernel, jacobianRuns } from '../../src/map/jacobian';
import { nearestI32Map } from '../../src/map/nearest-i32';
import { pickRowsMap } from '../../src/map/pick-rows';
import { sgdStepMap } from '../../src/map/sgd-step';
import { wordsOfI32Map } from '../../src/map/widen';
import { keptWeightOp, lossTotalOp } from '../../src/ops/loss';
import {
  mergeKernel,
  quadsKernel,
  registersKernel,
  workgroupKernel,
} from '../../src/product/kernels';
import { quadColumns, tileSizes } from '../../src/product/tile';
import type { RowDispatch } from '../../src/rows/plan';
import type { RowOp } from '../../src/rows/row-op';
import { conversionMap } from '../../src/self-test/f16';

/** What is an operation's own in the kernels that walk rows, by name. */
export const rowOps: ReadonlyMap<string, RowOp> = new Map(
  [
    ...Object.values(operations).flatMap(({ kernels }): readonly RowOp[] => kernels),
    keptWeightOp,
    lossTotalOp,
  ].map((op) => [op.name, op]),
);

/** The dispatches of a plan that walk rows; others convert f16 for them. */
export const rowDispatches = ({ steps }: Plan): RowDispatch[] =>
  steps.flatMap((step) =>
    step.kind === 'dispatch' && 'variant' in step.kernel ? [step as RowDispatch] : [],
  );

/** The dispatches of a plan without copies, their uniforms by name. */
export const dispatchesOf = <K extends Kernel>({ steps }: Plan<K>) =>
  steps.map((step) => {
    if (step.kind !== 'dispatch') throw new Error('the plan copies');
    return { ...step, params: step.params as Record<string, number | undefined> };
  });

/** From f16 and to f16, in every way to convert it. */
type Conversion = Readonly<Record<'x' | 'y', FloatDType>> & { half: Halves | undefined };
const conversions = (['f32', 'f16'] as const).flatMap((x) =>
  (['f32', 'f16'] as const).flatMap((y): Conversion[] =>
    x === 'f32' && y === 'f32'
      ? []
      : (['integer', 'native', 'typed'] as const).map((way) => ({ x, y, half: halvesBy(way) })),
  ),
);

const flat = (map: FlatMap): Kernel[] =>
  [{ x: 'f32', y: 'f32', half: undefined } as const, ...conversions].map(({ half, ...dtypes }) =>
    flatKernel(map, dtypes, half),
  );

/** The Jacobian in every layout and for either adapter in f32, and in every way to convert f16. */
const jacobians = (['vec4', 'scalar', 'dealt'] as const).flatMap((layout) => {
  const plain = { layout, strided: false, run: jacobianRuns[layout === 'dealt' ? 'gpu' : 'cpu'] };
  // Packed halves are not dealt.
  const ways = conversions.filter(({ half }) => layout !== 'dealt' || half?.conversion === 'typed');
  const f32 = { x: 'f32', y: 'f32', half: undefined } as const;
  return [
    ...[...ways, f32].map((way) => jacobianKernel({ ...plain, ...way })),
    ...(layout === 'vec4' ? [] : [jacobianKernel({ ...plain, ...f32, strided: true })]),
    ...(layout === 'dealt' ? [] : [jacobianKernel({ ...plain, ...f32, run: jacobianRuns.gpu })]),
  ];
});

/** The kernels that are no variants. */
export const standAlones: readonly Kernel[] = [
  mapKernel(conversionMap(true)),
  mapKernel(conversionMap(false)),
  ...tileSizes.flatMap((rows) => tileSizes.map((columns) => registersKernel(rows, columns))),
  ...quadColumns.map(quadsKernel),
  workgroupKernel(),
  mergeKernel(),
  ...[pickRowsMap, nearestI32Map, wordsOfI32Map].map(mapKernel),
  ...[false, true].flatMap((flag) => [
    everyKernel(flag),
    ...[biasMap(flag), countTokensMap(flag), adamStepMap(flag)].map(mapKernel),
    ...[sgdStepMap(flag, false), sgdStepMap(flag, true)].map(mapKernel),
  ]),
  ...flat(convertMap),
  ...jacobians,
];

const texts = import.meta.glob<string>('../../shaders/**/*.wgsl', {
  eager: true,
  import: 'default',
});

/** The text of every file of WGSL, by its path from `shaders/` on. */
export const files: ReadonlyMap<string, string> = new Map(
  Object.entries(texts).map(([path, text]) => [path.replace('../../', ''), text]),
);
