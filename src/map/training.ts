import nearestI32 from '../../shaders/training/nearest-i32.wgsl';
import pickRows from '../../shaders/training/pick-rows.wgsl';
import sgdStep from '../../shaders/training/sgd-step.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { elementBlocks, type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { type ElementMap, mapElements } from './elements';

/** Rows of x gathered by their numbers; `missing` are the bits of elements of a row that is not there. */
export interface PickTask {
  /** Of `rowsOfX` rows of `width` elements of 4 bytes. */
  readonly x: Region;
  readonly rowsOfX: number;
  readonly width: number;
  readonly rows: Region;
  readonly y: Region;
  readonly missing: number;
}

export const pickRowsMap: ElementMap = {
  name: 'pick-rows',
  source: pickRows,
  reads: { x: 'u32', rows: 'u32' },
  writes: { y: 'u32' },
};

/**
 * The dispatches that gather rows.
 *
 * @throws RangeError if x does not fit a binding: any of its rows may be asked for.
 */
export function planPick(label: string, task: PickTask, device: DeviceFacts): Plan {
  const { x, rowsOfX, width, rows, y, missing } = task;
  return planOf([
    mapElements(
      label,
      device,
      pickRowsMap,
      { x: [x, 0, rowsOfX * width], rows: [rows, 0, rows.count], y: [y, 0, y.count] },
      { count: y.count, width, rows_of_x: rowsOfX, missing },
    ),
  ]);
}

/** Integers of 64 bits as the nearest of 32. */
export interface NarrowTask {
  /** Two words each, the low one first. */
  readonly x: Region;
  readonly y: Region;
}

export const nearestI32Map: ElementMap = {
  name: 'nearest-i32',
  source: nearestI32,
  reads: { x: 'u32' },
  writes: { y: 'u32' },
};

/** The dispatches that narrow integers, in blocks that a binding can hold. */
export function planNarrow(label: string, { x, y }: NarrowTask, device: DeviceFacts): Plan {
  const steps = elementBlocks(x.count, device).map(([at, words]) => {
    const count = words / 2;
    const parts = { x: [x, at, words], y: [y, at / 2, count] } as const;
    return mapElements(label, device, nearestI32Map, parts, { count });
  });
  return planOf(steps);
}

/** A step of gradient descent, in place; with a velocity it is by momentum. */
export interface SgdTask {
  readonly weight: Region;
  readonly grad: Region;
  readonly velocity?: Region | undefined;
  readonly learningRate: number;
  readonly momentum: number;
}

export const sgdStepMap: ElementMap = {
  name: 'sgd-step',
  source: sgdStep,
  constants: { MOMENTUM: false },
  types: { learning_rate: 'f32', momentum: 'f32' },
  reads: { grad: 'f32' },
  writes: { weight: 'f32' },
};

export const sgdStepMomentumMap: ElementMap = {
  name: 'sgd-step-momentum',
  source: sgdStep,
  types: { learning_rate: 'f32', momentum: 'f32' },
  reads: { grad: 'f32' },
  constants: { MOMENTUM: true },
  writes: { weight: 'f32', velocity: 'f32' },
};

/** The dispatches of a step, in blocks that a binding can hold. */
export function planSgdStep(label: string, task: SgdTask, device: DeviceFacts): Plan {
  const { weight, grad, velocity, learningRate, momentum } = task;
  const map = velocity ? sgdStepMomentumMap : sgdStepMap;
  const steps = elementBlocks(weight.count, device).map(([at, count]) =>
    mapElements(
      label,
      device,
      map,
      {
        weight: [weight, at, count],
        grad: [grad, at, count],
        ...(velocity && { velocity: [velocity, at, count] }),
      },
      { count, learning_rate: learningRate, momentum },
    ),
  );
  return planOf(steps);
}
