/**
 * One row of logits at a time, masked, scaled and exponentiated: what softmax, log-softmax,
 * log-sum-exp and cross-entropy share. `x′ = x + mask`, `t = s·(x′ − max x′)`, `e = exp(t)`.
 */
import { expGrowth, MAX } from './bounds';
import { type MaskOption, type RowMask, rowMask } from './mask';
import {
  type AxisOption,
  firstElement,
  type HostTensor,
  type Rows,
  rowsOf,
  type ScaleOptions,
  scaleOf,
} from './rows';

/** Which promise the bound is of. */
export interface PrecisionOption {
  /** 'default', or 'high', whose bounds are tighter; the values are the same. */
  precision?: 'high' | { readonly name: 'high' } | undefined;
}

/** Axis, scale, mask and precision: what every operation on logits takes. */
export interface LogitsOptions extends AxisOption, ScaleOptions, MaskOption, PrecisionOption {}

/** What a row of −∞ alone gives. */
export interface EmptyRowsOption {
  /** NaN (default), or the empty distribution. */
  emptyRows?: 'nan' | 'zero';
}

/** A row with a NaN; else with a +∞; else of −∞ alone; else one to compute. */
export type RowKind = 'nan' | 'infinite' | 'empty' | 'finite';

/** Reused for every row: `load` overwrites all of it. Only `kind` is set unless it is 'finite'. */
export class SoftmaxRow {
  readonly rows: Rows;
  readonly scale: number;
  /** Whether bounds are those of precision 'high'. */
  readonly high: boolean;

  kind: RowKind = 'finite';
  /** The masked logits x′. */
  readonly z: Float64Array;
  readonly t: Float64Array;
  readonly e: Float64Array;
  max = 0;
  /** Σ e. */
  sum = 1;
  /** log Σ e, from the sum of all but the largest: it keeps its digits when that sum is tiny. */
  log = 0;
  /** s·max + log Σ e. */
  logSumExp = 0;
  /** Σ p·|t|. */
  meanDistance = 0;
  /**
   * How far rounding x′ to f32 may move each t, and log-sum-exp: 0 for logits that are given, without
   * an additive mask.
   */
  readonly maskError: Float64Array;
  maskErrorOfLog = 0;

  private readonly x: HostTensor['data'];
  private readonly mask: RowMask | undefined;

  /** @param logitsError of logits that are themselves computed: how far each may be from x */
  constructor(
    op: string,
    name: string,
    x: HostTensor,
    options: LogitsOptions,
    private readonly logitsError?: Float64Array,
  ) {
    this.rows = rowsOf(op, name, x, options.axis);
    this.scale = scaleOf(op, options);
    this.high = options.precision !== undefined;
    this.x = x.data;
    this.mask = options.mask && rowMask(op, options.mask, this.rows);
    const { length } = this.rows;
    this.z = new Float64Array(length);
    this.t = new Float64Array(length);
    this.e = new Float64Array(length);
    this.maskError = new Float64Array(length);
  }

  load(r: number): void {
    const { x, z, t, e, maskError, logitsError, scale, rows } = this;
    const { length, inner } = rows;
    for (let k = 0, i = firstElement(rows, r); k < length; k++, i += inner) {
      z[k] = x[i]!;
      maskError[k] = 0;
    }
    this.mask?.apply(r, z, maskError);
    if (logitsError) {
      for (let k = 0, i = firstElement(rows, r); k < length; k++, i += inner) {
        maskError[k]! += logitsError[i]!;
      }
    }

    let argmax = 0;
    let max = -Infinity;
    let anyNaN = false;
    for (let k = 0; k < length; k++) {
      const zk = z[k]!;
      if (zk > max) {
        max = zk;
        argmax = k;
      }
      anyNaN ||= Number.isNaN(zk);
    }
    if (anyNaN) {
      this.kind = 'nan';
    } else if (max === Infinity) {
      this.kind = 'infinite';
    } else if (max === -Infinity) {
      this.kind = 'empty';
    } else {
      this.kind = 'finite';
    }
    if (this.kind !== 'finite') {
      return;
    }

    let others = 0;
    let distance = 0;
    let moved = 0;
    for (let k = 0; k < length; k++) {
      // The difference saturates, and so does t; −∞ stays −∞, also at scale 0.
      const tk =
        z[k] === -Infinity ? -Infinity : Math.max(scale * Math.max(z[k]! - max, -MAX), -MAX);
      const ek = Math.exp(tk);
      t[k] = tk;
      e[k] = ek;
      if (k !== argmax) {
        others += ek;
      }
      if (ek > 0) {
        distance -= ek * tk;
      }
      if (maskError[k]! > 0) {
        maskError[k]! *= scale;
        moved += expGrowth(ek, tk, maskError[k]!);
      }
    }
    this.max = max;
    this.sum = 1 + others;
    this.log = Math.log1p(others);
    this.logSumExp = scale * max + this.log;
    this.meanDistance = distance / this.sum;
    this.maskErrorOfLog = Math.log1p(moved / this.sum);
  }
}
