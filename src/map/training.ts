import type { Region } from '../gpu/region';
import { over, standAlone } from '../product/plan';
import { elementBlocks, type Plan, type PlanDevice } from '../rows/plan';

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

/**
 * The dispatches that gather rows.
 *
 * @throws RangeError if x does not fit a binding: any of its rows may be asked for.
 */
export function planPick(label: string, task: PickTask, device: PlanDevice): Plan {
  const { x, rowsOfX, width, rows, y, missing } = task;
  const steps = [
    standAlone(
      label,
      device,
      'pick-rows',
      { x: [x, 0, rowsOfX * width], rows: [rows, 0, rows.count], y: [y, 0, y.count] },
      { count: y.count, width, rows_of_x: rowsOfX, missing },
      over(y.count, 'pick-rows', device),
    ),
  ];
  return { regime: 'row-per-invocation', steps, scratch: new Map() };
}

/** Integers of 64 bits as the nearest of 32. */
export interface NarrowTask {
  /** Two words each, the low one first. */
  readonly x: Region;
  readonly y: Region;
}

/** The dispatches that narrow integers, in blocks that a binding can hold. */
export function planNarrow(label: string, { x, y }: NarrowTask, device: PlanDevice): Plan {
  const steps = elementBlocks(x.count, device).map(([at, words]) => {
    const count = words / 2;
    return standAlone(
      label,
      device,
      'nearest-i32',
      { x: [x, at, words], y: [y, at / 2, count] },
      { count },
      over(count, 'nearest-i32', device),
    );
  });
  return { regime: 'row-per-invocation', steps, scratch: new Map() };
}

/** A step of gradient descent, in place; with a velocity it is by momentum. */
export interface SgdTask {
  readonly weight: Region;
  readonly grad: Region;
  readonly velocity?: Region | undefined;
  readonly learningRate: number;
  readonly momentum: number;
}

/** The dispatches of a step, in blocks that a binding can hold. */
export function planSgdStep(label: string, task: SgdTask, device: PlanDevice): Plan {
  const { weight, grad, velocity, learningRate, momentum } = task;
  const kernel = velocity ? 'sgd-step-momentum' : 'sgd-step';
  const steps = elementBlocks(weight.count, device).map(([at, count]) =>
    standAlone(
      label,
      device,
      kernel,
      {
        weight: [weight, at, count],
        grad: [grad, at, count],
        ...(velocity && { velocity: [velocity, at, count] }),
      },
      { count, learning_rate: learningRate, momentum },
      over(count, kernel, device),
    ),
  );
  return { regime: 'row-per-invocation', steps, scratch: new Map() };
}
