import { MIN_NORMAL, put, SUM, saturate, U } from './bounds';
import {
  type AxisOption,
  checkShape,
  emptyReference,
  fillRow,
  firstElement,
  type HostTensor,
  type Reference,
  rowsOf,
  type ScaleOptions,
  scaleOf,
} from './rows';

/** Axis and scale: what the operations take that start from a forward result. */
export interface VjpOptions extends AxisOption, ScaleOptions {}

/**
 * The vector-Jacobian product of softmax: `dx = s · y ⊙ (dy − Σ y·dy)` for any upstream gradient.
 * A row of y or dy with a value that is not finite is NaN.
 * @param y probabilities, as softmax gave them
 * @param dy the gradient with respect to y, of y's shape
 * @returns the gradient with respect to x, of y's shape
 * @throws RangeError for a shape, axis or scale that does not fit
 */
export function softmaxVjp(y: HostTensor, dy: HostTensor, options: VjpOptions = {}): Reference {
  return symmetricProduct('softmaxVjp', 'dy', y, dy, options);
}

/**
 * The Jacobian-vector product of softmax: `s · y ⊙ (dx − Σ y·dx)`. The Jacobian is symmetric, so
 * this is `softmaxVjp` under its own name.
 * @param y probabilities, as softmax gave them
 * @param dx a direction in x, of y's shape
 * @returns the change of y along it, of y's shape
 * @throws RangeError for a shape, axis or scale that does not fit
 */
export function softmaxJvp(y: HostTensor, dx: HostTensor, options: VjpOptions = {}): Reference {
  return symmetricProduct('softmaxJvp', 'dx', y, dx, options);
}

function symmetricProduct(
  op: string,
  name: string,
  y: HostTensor,
  vector: HostTensor,
  options: VjpOptions,
): Reference {
  const rows = rowsOf(op, 'y', y, options.axis);
  checkShape(op, name, vector, rows.shape);
  const scale = scaleOf(op, options);
  const result = emptyReference(rows.shape);
  for (let r = 0; r < rows.count; r++) {
    const first = firstElement(rows, r);

    let dot = 0;
    let size = 0; // Σ |y·v|
    let flushed = 0; // the part of it that may flush to zero
    let finite = true;
    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      const p = y.data[i]!;
      const v = vector.data[i]!;
      const term = Math.abs(p * v);
      finite &&= Number.isFinite(p) && Number.isFinite(v);
      dot += p * v;
      size += term;
      if (term < MIN_NORMAL || Math.abs(p) < MIN_NORMAL || Math.abs(v) < MIN_NORMAL) {
        flushed += term;
      }
    }
    if (!finite) {
      fillRow(result, rows, r, NaN);
      continue;
    }

    // Products ½ U each and their sum; then a difference and two products, ½ U each.
    const dotError = (0.5 + SUM) * U * size + flushed;
    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      const p = y.data[i]!;
      const v = vector.data[i]!;
      const value = saturate(scale * p * (v - dot));
      const parts = Math.abs(v) + size;
      const lost = Math.abs(p) < MIN_NORMAL || Math.abs(p) * parts < MIN_NORMAL ? parts : 0;
      const factor = scale * Math.abs(p);
      const rounding = 1.5 * U * parts;
      put(
        result,
        i,
        value,
        'sum',
        factor * dotError,
        'rounding',
        factor * rounding,
        'flush',
        factor * lost,
      );
    }
  }
  return result;
}
