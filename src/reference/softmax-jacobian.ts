import { MIN_NORMAL, put, saturate, U } from './bounds';
import {
  emptyReference,
  firstElement,
  type HostTensor,
  type Reference,
  rowsOf,
  scaleOf,
} from './rows';
import type { VjpOptions } from './softmax-vjp';

/**
 * The Jacobian of softmax, written out: `J_ij = s · y_i (δ_ij − y_j)`, which is ∂y_i/∂x_j.
 * NaN where y_i or y_j is not finite.
 * @param y probabilities, as softmax gave them: [outer…, K, inner…]
 * @returns [outer…, K, K, inner…], i before j
 * @throws RangeError for a shape, axis or scale that does not fit
 */
export function softmaxJacobian(y: HostTensor, options: VjpOptions = {}): Reference {
  const op = 'softmaxJacobian';
  const rows = rowsOf(op, 'y', y, options.axis);
  const scale = scaleOf(op, options);
  const { length, inner, axis, shape } = rows;
  const result = emptyReference([...shape.slice(0, axis + 1), ...shape.slice(axis)]);
  for (let r = 0; r < rows.count; r++) {
    const first = firstElement(rows, r);
    const firstOfResult = (first - (r % inner)) * length + (r % inner);
    for (let i = 0; i < length; i++) {
      const yi = y.data[first + i * inner]!;
      for (let j = 0; j < length; j++) {
        const yj = y.data[first + j * inner]!;
        const at = firstOfResult + (i * length + j) * inner;
        if (!Number.isFinite(yi) || !Number.isFinite(yj)) {
          result.data[at] = NaN;
          continue;
        }
        const other = i === j ? 1 - yj : -yj;
        const value = saturate(scale * yi * other);
        const size = Math.abs(value);
        // At most three roundings, ½ U each; a factor or the first product may flush.
        const small = Math.min(Math.abs(yi), Math.abs(other), Math.abs(yi * other)) < MIN_NORMAL;
        if (small) put(result, at, value, 'flush', size);
        else put(result, at, value, 'rounding', 1.5 * U * size);
      }
    }
  }
  return result;
}
