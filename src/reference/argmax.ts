import type { AdjustOptions } from './adjust';
import type { MaskOption } from './mask';
import type { AxisOption, HostTensor } from './rows';
import { topK } from './top-k';

/**
 * The index of each row's largest element: of equals the first, and a NaN is larger than anything.
 * @returns the shape of x without the axis, row-major
 * @throws RangeError for a shape, axis or mask that does not fit
 */
export function argmax(
  x: HostTensor,
  options: AxisOption & AdjustOptions & MaskOption = {},
): Int32Array {
  return topK(x, 1, options).indices;
}
