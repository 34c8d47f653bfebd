/** All that kernels are made of, for tests that go through them. */

import { operations } from '../../conformance/operations';
import { halvesBy } from '../../src/f16';
import type { Kernel } from '../../src/gpu/kernel';
import type { Plan } from '../../src/gpu/plan';
import { adjustMap } from '../../src/map/adjust';
import { convertMap } from '../../src/map/convert';
import { countTokensMap } from '../../src/map/count-tokens';
import { mapKernel } from '../../src/map/elements';
import { type FlatMap, flatKernel } from '../../src/map/flat';
import { jacobianMap } from '../../src/map/jacobian';
import { nearestI32Map, pickRowsMap, sgdStepMap, sgdStepMomentumMap } from '../../src/map/training';
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

/** A map in every way to convert f16. */
const flat = (map: FlatMap): Kernel[] =>
  (['f32', 'f16'] as const).flatMap((x) =>
    (['f32', 'f16'] as const).flatMap((y) =>
      x === 'f32' && y === 'f32'
        ? [flatKernel(map, { x, y }, undefined)]
        : (['integer', 'native', 'typed'] as const).map((way) =>
            flatKernel(map, { x, y }, halvesBy(way)),
          ),
    ),
  );

/** The kernels that are no variants. */
export const standAlones: readonly Kernel[] = [
  mapKernel(conversionMap(true)),
  mapKernel(conversionMap(false)),
  ...tileSizes.flatMap((rows) => tileSizes.map((columns) => registersKernel(rows, columns))),
  ...quadColumns.map(quadsKernel),
  workgroupKernel(),
  mergeKernel(),
  ...[pickRowsMap, nearestI32Map, sgdStepMap, sgdStepMomentumMap].map(mapKernel),
  ...[false, true].flatMap((flag) =>
    [adjustMap('every', flag), adjustMap('bias', flag), countTokensMap(flag)].map(mapKernel),
  ),
  ...flat(convertMap),
  ...flat(jacobianMap),
];

const texts = import.meta.glob<string>('../../shaders/**/*.wgsl', {
  eager: true,
  import: 'default',
});

/** The text of every file of WGSL, by its path from `shaders/` on. */
export const files: ReadonlyMap<string, string> = new Map(
  Object.entries(texts).map(([path, text]) => [path.replace('../../', ''), text]),
);
