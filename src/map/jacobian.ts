import softmaxJacobian from '../../shaders/ops/softmax-jacobian.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { elementBlocks, type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { type FlatMap, mapFlat } from './flat';

export const jacobianMap: FlatMap = { name: 'softmax-jacobian', source: softmaxJacobian };

/** A Jacobian: x of rows of `length`, `inner` side by side; y of `[outer, K, K, inner]`. */
export interface JacobianTask {
  readonly shape: { readonly length: number; readonly inner: number };
  readonly x: Region;
  readonly y: Region;
  readonly scale: number;
}

/**
 * The Jacobian's dispatches: a map over its elements, four an invocation, in blocks that a binding
 * can hold.
 *
 * @throws RangeError if x does not fit a binding.
 */
export function planJacobian(label: string, task: JacobianTask, device: DeviceFacts): Plan {
  const { shape, x, y, scale } = task;
  const { length, inner } = shape;
  const steps = elementBlocks(y.count, device).map(([row_start, count]) =>
    mapFlat(label, device, jacobianMap, { length, inner, scale, row_start }, [
      [x, 0, x.count],
      [y, row_start, count],
    ]),
  );
  return planOf(steps);
}
