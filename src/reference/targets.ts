/**
 * The targets of cross-entropy, one row at a time: `t′_k = w_k ((1 − ε) y_k + ε/K)`, and the
 * factors f and f_z that the reduction puts on a row's loss and on its z-loss.
 */
import { SUM } from './bounds';
import {
  checkCount,
  checkRange,
  checkShape,
  formatShape,
  type HostTensor,
  isInt32,
  isUint32,
  type Rows,
  refuse,
} from './rows';

/** What becomes of the rows' losses. */
export type Reduction = 'mean' | 'sum' | 'none';

export interface TargetOptions {
  /** 'mean' (default), 'sum', or 'none': a loss per row. */
  reduction?: Reduction;
  /** A class index whose rows count for nothing; default −100. Class indices only. */
  ignoreIndex?: number;
  /** A weight per class, of shape [K]. */
  classWeights?: HostTensor;
  /** ε in [0, 1]: the share of the target spread evenly over the classes. Default 0. */
  labelSmoothing?: number;
  /** Factor ≥ 0 on the square of log-sum-exp, added to each row's loss. Default 0. */
  zLoss?: number;
}

/**
 * 'ignored': nothing. 'outside': an index outside the classes, so a NaN loss and no gradient.
 * 'poisoned': a target or weight that is not finite. 'kept': all others.
 */
export type TargetKind = 'kept' | 'ignored' | 'outside' | 'poisoned';

/** Reused for every row: `load` overwrites it. */
export class TargetRow {
  /** The target is one class and has no smoothing: t′ is zero elsewhere. */
  readonly oneHot: boolean;
  /** The zLoss option as f32 rounds it. */
  readonly zLoss: number;
  readonly reduction: Reduction;
  /** What the reduction puts on every row: f on the loss, f_z on the z-loss. */
  readonly factor: number;
  readonly zFactor: number;
  /** Error of either, in U: a division and a product, and the sum of the weights. */
  readonly factorError: number;

  kind: TargetKind = 'kept';
  /** The class; only for class indices. */
  index = -1;
  /** t′ of the row, set where the row is kept. */
  readonly values: Float64Array;
  /** Σ t′ and Σ |t′|. */
  sum = 0;
  size = 0;

  private readonly rows: Rows;
  private readonly targets: HostTensor['data'];
  private readonly indices: boolean;
  private readonly ignoreIndex: number;
  private readonly weights: HostTensor['data'] | undefined;
  private readonly smoothing: number;

  constructor(op: string, targets: HostTensor, rows: Rows, options: TargetOptions) {
    const { reduction = 'mean', ignoreIndex = -100, classWeights } = options;
    if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none') {
      refuse(op, 'reduction', "'mean', 'sum' or 'none'", `'${reduction}'`);
    }
    if (!Number.isInteger(ignoreIndex)) {
      refuse(op, 'ignoreIndex', 'an integer', ignoreIndex);
    }
    this.rows = rows;
    this.reduction = reduction;
    this.ignoreIndex = ignoreIndex;
    const { labelSmoothing = 0, zLoss = 0 } = options;
    this.smoothing = Math.fround(labelSmoothing);
    if (!(this.smoothing >= 0 && this.smoothing <= 1)) {
      checkRange(op, 'labelSmoothing', labelSmoothing, 0, 1, { whole: false });
    }
    this.zLoss = Math.fround(zLoss);
    if (!(this.zLoss >= 0 && this.zLoss < Infinity)) {
      refuse(op, 'zLoss', 'a finite f32 >= 0', zLoss);
    }
    if (classWeights) {
      checkShape(op, 'classWeights', classWeights, [rows.length]);
    }
    this.weights = classWeights?.data;

    checkCount(op, 'targets', targets);
    this.indices = isInt32(targets.data) || isUint32(targets.data);
    const needed = this.indices ? rows.rowShape : rows.shape;
    if (targets.shape.length !== needed.length || targets.shape.some((n, d) => n !== needed[d])) {
      const may =
        `shape ${formatShape(rows.rowShape)} of class indices (Int32Array, Uint32Array) ` +
        `or ${formatShape(rows.shape)} of probabilities (Float32Array)`;
      refuse(op, 'targets', may, formatShape(targets.shape));
    }
    if (this.indices && rows.length === 0 && rows.count > 0) {
      const may = `probabilities (the logits' shape is ${formatShape(rows.shape)}, without a class for an index)`;
      refuse(op, 'targets', may, 'class indices');
    }
    this.targets = targets.data;
    this.oneHot = this.indices && this.smoothing === 0;
    this.values = new Float64Array(rows.length);
    [this.factor, this.zFactor] = this.factors();
    this.factorError = this.reduction !== 'mean' ? 0 : this.weights ? 3 + SUM : 3;
  }

  /** True where an index t is a class. */
  private isClass(t: number): boolean {
    return t >= 0 && t < this.rows.length;
  }

  /**
   * f and f_z. A mean of class indices divides by the weights of the rows kept (a weight that is
   * not finite poisons its own row alone); nothing kept is 0/0, a NaN.
   */
  private factors(): [number, number] {
    if (this.reduction !== 'mean') {
      return [1, 1];
    }
    if (!this.indices) {
      const f = this.rows.count > 0 ? 1 / this.rows.count : NaN;
      return [f, f];
    }
    let kept = 0;
    let weight = 0;
    for (let r = 0; r < this.rows.count; r++) {
      const t = this.targets[r]!;
      if (t !== this.ignoreIndex && this.isClass(t)) {
        const w = this.weights ? this.weights[t]! : 1;
        kept++;
        weight += Number.isFinite(w) ? w : 0;
      }
    }
    return [weight === 0 ? NaN : 1 / weight, kept === 0 ? NaN : 1 / kept];
  }

  /** @param first index of the row's first element in tensors of the logits' shape */
  load(r: number, first: number): void {
    this.kind = 'kept';
    if (this.indices) {
      this.index = this.targets[r]!;
      if (this.index === this.ignoreIndex) {
        this.kind = 'ignored';
        return;
      }
      if (!this.isClass(this.index)) {
        this.kind = 'outside';
        return;
      }
    }
    const { values, rows, weights, smoothing, targets, index, indices } = this;
    const even = smoothing / rows.length;
    let sum = 0;
    let size = 0;
    if (this.oneHot) {
      values.fill(0);
      sum = weights ? weights[index]! : 1;
      size = Math.abs(sum);
      values[index] = sum;
    } else {
      for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
        const y = indices ? Number(k === index) : targets[i]!;
        const value = (weights ? weights[k]! : 1) * ((1 - smoothing) * y + even);
        values[k] = value;
        sum += value;
        size += Math.abs(value);
      }
    }
    this.sum = sum;
    this.size = size;
    if (!Number.isFinite(size)) {
      this.kind = 'poisoned';
    }
  }
}
