/**
 * Cross-entropy of a linear layer, `logits = x·weightᵀ + bias`, and its gradients: with G the gradient
 * with respect to the logits,
 *
 *     dX = G·weight      dWeight = Gᵀ·x = Σ_n G_n ⊗ x_n      dBias = Σ_n G_n
 */
import { flushable, productError, put, U } from './bounds';
import { type CrossEntropyGradOptions, gradient, losses } from './cross-entropy';
import {
  checkCount,
  checkShape,
  emptyReference,
  formatShape,
  type HostTensor,
  isUint32,
  type Reference,
  refuse,
} from './rows';
import { SoftmaxRow } from './softmax-row';
import { TargetRow } from './targets';

/** As of `crossEntropyWithGrad`; the rows run along the last axis. */
export interface LinearCrossEntropyOptions extends Omit<CrossEntropyGradOptions, 'axis'> {
  /** [K]. Default: zeros. */
  bias?: HostTensor;
  /** Rows of x, and of class indices, that are the batch: [N]. Default: all, in order. */
  rows?: HostTensor;
  /**
   * Bytes of logits that the kernels hold at a time, default 32 MiB: of the bound of dWeight and
   * dBias alone, which are added up block by block.
   */
  scratchBytes?: number;
}

/** The loss, and the gradients with respect to the layer's inputs. */
export interface LinearCrossEntropyReference {
  /** [N] for reduction 'none', otherwise []. */
  loss: Reference;
  /** [N] */
  logSumExp: Reference;
  /** [N, D] */
  dX: Reference;
  /** [K, D] */
  dWeight: Reference;
  /** `[K]`: with respect to a bias of zeros where none is given. */
  dBias: Reference;
}

/**
 * Loss and gradients of a linear layer's cross-entropy. A row number that is out of range makes a row
 * whose loss is NaN and whose gradient is 0. Numbers that are not finite give what float64 gives.
 * @param x [N, D]
 * @param weight [K, D]
 * @param targets class indices [N] (Int32Array or Uint32Array), or probabilities [N, K]
 * @throws RangeError for a shape or option that does not fit
 */
export function linearCrossEntropy(
  x: HostTensor,
  weight: HostTensor,
  targets: HostTensor,
  options: LinearCrossEntropyOptions = {},
): LinearCrossEntropyReference {
  const op = 'linearCrossEntropy';
  const { bias, rows, scratchBytes = 2 ** 25 } = options;
  checkMatrix(op, 'x', x);
  checkMatrix(op, 'weight', weight);
  const [classes, depth] = weight.shape as [number, number];
  checkShape(op, 'x', x, [x.shape[0]!, depth]);
  if (bias) checkShape(op, 'bias', bias, [classes]);
  const [batch, labels] = rows ? picked(op, x, targets, rows) : [x, targets];
  const count = batch.shape[0]!;

  const logits = affine(batch, weight, bias);
  const row = new SoftmaxRow(op, 'logits', logits, { ...options, axis: -1 }, logits.bound);
  const target = new TargetRow(op, labels, row.rows, options);
  const g = gradient(op, row, target, options);

  const blocks = Math.ceil(count / Math.max(1, Math.floor(scratchBytes / (4 * classes))));
  const overRows = productError(count) + 0.5 * blocks;
  const ofG = (n: number, k: number) => n * classes + k;
  const dX = product(g, ofG, weight.data, [count, depth, classes], productError(classes));
  const byClass = (k: number, n: number) => ofG(n, k);
  const dWeight = product(g, byClass, batch.data, [classes, depth, count], overRows);
  const ones = new Float64Array(count).fill(1);
  const dBias = product(g, byClass, ones, [classes, 1, count], overRows);
  return { ...losses(row, target, options), dX, dWeight, dBias: { ...dBias, shape: [classes] } };
}

function checkMatrix(op: string, name: string, tensor: HostTensor): void {
  checkCount(op, name, tensor);
  if (tensor.shape.length !== 2 || tensor.shape[1] === 0) {
    refuse(op, name, 'a matrix of 1 column or more', `shape ${formatShape(tensor.shape)}`);
  }
}

/** The batch's rows of x and of class indices; one out of range is zeros, and of no class. */
function picked(
  op: string,
  x: HostTensor,
  targets: HostTensor,
  rows: HostTensor,
): [HostTensor, HostTensor] {
  const [count, depth] = x.shape as [number, number];
  checkShape(op, 'rows', rows, [rows.data.length]);
  checkShape(op, 'targets', targets, [count]);
  const shape = [rows.data.length, depth];
  const data = Float64Array.from({ length: shape[0]! * depth }, (_, i) => {
    const row = rows.data[Math.floor(i / depth)]!;
    return row >= 0 && row < count ? x.data[row * depth + (i % depth)]! : 0;
  });
  const labelOf = (row: number) => targets.data[row] ?? NO_CLASS;
  const labels = isUint32(targets.data)
    ? Uint32Array.from(rows.data, labelOf)
    : Int32Array.from(rows.data, labelOf);
  return [
    { data, shape },
    { data: labels, shape: [shape[0]!] },
  ];
}

/** The bits of an index that is neither a class nor the default `ignoreIndex`. */
const NO_CLASS = 2 ** 31;

/** x·weightᵀ + bias, and how far an f32 product may be from it. */
function affine(x: HostTensor, weight: HostTensor, bias: HostTensor | undefined): Reference {
  const [count, depth] = x.shape as [number, number];
  const classes = weight.shape[0]!;
  const logits = emptyReference([count, classes]);
  const units = (productError(depth) + 0.5) * U;
  for (let n = 0, i = 0; n < count; n++) {
    for (let k = 0; k < classes; k++, i++) {
      let sum = bias ? bias.data[k]! : 0;
      let size = Math.abs(sum);
      let flushed = 0;
      for (let d = 0; d < depth; d++) {
        const term = x.data[n * depth + d]! * weight.data[k * depth + d]!;
        sum += term;
        size += Math.abs(term);
        flushed += flushable(term);
      }
      put(logits, i, sum, 'product', units * size, 'flush', flushed);
    }
  }
  return logits;
}

/**
 * `C_ij = Σ_l A_il · b_lj` for exact b, with A's own error.
 * @param at index of A_il
 * @param b [L, J], row-major
 * @param units error of the sum, in U
 */
function product(
  a: Reference,
  at: (i: number, l: number) => number,
  b: HostTensor['data'],
  [rows, columns, length]: readonly [rows: number, columns: number, length: number],
  units: number,
): Reference {
  const c = emptyReference([rows, columns]);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      let size = 0;
      let error = 0;
      for (let l = 0; l < length; l++) {
        const [value, bound, factor] = [a.data[at(i, l)]!, a.bound[at(i, l)]!, b[l * columns + j]!];
        sum += value * factor;
        size += (Math.abs(value) + bound) * Math.abs(factor);
        error += bound * Math.abs(factor) + flushable(value * factor);
      }
      put(c, i * columns + j, sum, 'logits', error, 'product', units * U * size);
    }
  }
  return c;
}
