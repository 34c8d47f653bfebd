/**
 * Masks: additive (any floats, added to the logits before the scale), boolean (Uint32Array, where
 * 0 drops the element), the same by bits, or causal. A dropped element counts as −∞, whatever it held.
 */
import { halfUlp, MAX } from './bounds';
import {
  checkCount,
  formatShape,
  type HostTensor,
  isInt32,
  isUint32,
  type Rows,
  refuse,
} from './rows';

/** A tensor broadcast to the logits' shape as NumPy does, one of bits, or `'causal'`. */
export type Mask = HostTensor | BitMask | 'causal';

/** One bit an element, 32 in a word, the first in the lowest bit: 1 keeps it. */
export interface BitMask {
  /** Of the logits' shape with ⌈K/32⌉ words or more along the axis, broadcast in the others. */
  bits: HostTensor & { readonly data: Uint32Array | Int32Array };
}

/** A mask on the logits. */
export interface MaskOption {
  /** Added where it is of numbers, kept or removed where it is a Uint32Array, or `'causal'`. */
  mask?: Mask;
}

/** Puts a mask on one row at a time. */
export interface RowMask {
  /**
   * Changes the row's elements in place, and puts into `error` what rounding each sum of element
   * and mask to f32 may cost.
   */
  apply(r: number, z: Float64Array, error: Float64Array): void;
}

/** Checks the mask against the logits' rows; throws a RangeError where they do not fit. */
export function rowMask(op: string, mask: Mask, rows: Rows): RowMask {
  if (mask === 'causal') {
    return new CausalMask(op, rows);
  }
  if ('bits' in mask) return new BitwiseMask(op, mask.bits, rows);
  checkCount(op, 'mask', mask);
  if (isInt32(mask.data)) {
    refuse(op, 'mask', 'a Float32Array (additive) or a Uint32Array (boolean)', 'an Int32Array');
  }
  const strides = broadcastStrides(op, mask.shape, rows.shape);
  return isUint32(mask.data)
    ? new BooleanMask(mask.data, strides, rows)
    : new AdditiveMask(mask.data, strides, rows);
}

/** For each dimension of `shape`, how far apart the mask's elements are: 0 where it broadcasts. */
function broadcastStrides(op: string, from: readonly number[], shape: readonly number[]): number[] {
  const missing = shape.length - from.length;
  if (missing < 0 || from.some((n, d) => n !== 1 && n !== shape[d + missing])) {
    const may =
      `a shape that broadcasts to ${formatShape(shape)} ` +
      '(each dimension, from the last, 1 or the same)';
    refuse(op, 'mask', may, formatShape(from));
  }
  const strides = new Array<number>(shape.length).fill(0);
  let step = 1;
  for (let d = from.length - 1; d >= 0; d--) {
    strides[d + missing] = from[d] === 1 ? 0 : step;
    step *= from[d]!;
  }
  return strides;
}

/** Index of the mask's element for element 0 of row r. */
function maskStart(rows: Rows, strides: readonly number[], r: number): number {
  let start = 0;
  let rest = r;
  for (let d = rows.shape.length - 1; d >= 0; d--) {
    if (d !== rows.axis) {
      const size = rows.shape[d]!;
      start += (rest % size) * strides[d]!;
      rest = Math.floor(rest / size);
    }
  }
  return start;
}

class AdditiveMask implements RowMask {
  constructor(
    private readonly data: Float32Array | Float64Array | readonly number[],
    private readonly strides: readonly number[],
    private readonly rows: Rows,
  ) {}

  apply(r: number, z: Float64Array, error: Float64Array): void {
    const step = this.strides[this.rows.axis]!;
    let i = maskStart(this.rows, this.strides, r);
    for (let k = 0; k < z.length; k++, i += step) {
      let sum = z[k]! + this.data[i]!;
      if (Math.abs(sum) < Infinity) {
        // Two finite numbers have a finite sum: it saturates as every finite result does.
        sum = Math.min(Math.max(sum, -MAX), MAX);
        error[k] = Math.fround(sum) === sum ? 0 : halfUlp(sum);
      } else {
        error[k] = 0;
      }
      z[k] = sum;
    }
  }
}

class BooleanMask implements RowMask {
  constructor(
    private readonly data: Uint32Array,
    private readonly strides: readonly number[],
    private readonly rows: Rows,
  ) {}

  apply(r: number, z: Float64Array): void {
    const step = this.strides[this.rows.axis]!;
    let i = maskStart(this.rows, this.strides, r);
    for (let k = 0; k < z.length; k++, i += step) {
      if (this.data[i] === 0) {
        z[k] = -Infinity;
      }
    }
  }
}

class BitwiseMask implements RowMask {
  private readonly data: Uint32Array | Int32Array;
  private readonly strides: readonly number[];

  constructor(
    op: string,
    bits: BitMask['bits'],
    private readonly rows: Rows,
  ) {
    checkCount(op, 'mask.bits', bits);
    const { shape, axis, length } = rows;
    const words = bits.shape[axis + bits.shape.length - shape.length] ?? 0;
    const least = Math.ceil(length / 32);
    if (words < least) {
      refuse(op, 'mask.bits', `${least} words or more for ${length} elements`, words);
    }
    const target = shape.map((n, d) => (d === axis ? words : n));
    this.strides = broadcastStrides(op, bits.shape, target);
    this.data = bits.data;
  }

  apply(r: number, z: Float64Array): void {
    const start = maskStart(this.rows, this.strides, r);
    const step = this.strides[this.rows.axis]!;
    for (let k = 0; k < z.length; k++) {
      const word = this.data[start + Math.floor(k / 32) * step]!;
      if (((word >>> (k % 32)) & 1) === 0) z[k] = -Infinity;
    }
  }
}

/** Query q of Q sees the keys k ≤ q + K − Q: the last query sees every key. */
class CausalMask implements RowMask {
  private readonly queries: number;

  constructor(op: string, rows: Rows) {
    const { shape } = rows;
    if (shape.length < 2) {
      refuse(op, 'mask', "dimensions [..., Q, K] for 'causal'", `shape ${formatShape(shape)}`);
    }
    if (rows.axis !== shape.length - 1) {
      const got = `axis ${rows.axis} of shape ${formatShape(shape)}`;
      refuse(op, 'mask', "the last axis for 'causal'", got);
    }
    this.queries = shape[shape.length - 2]!;
    if (this.queries > rows.length) {
      const got = `Q ${this.queries} and K ${rows.length} of shape ${formatShape(shape)}`;
      refuse(op, 'mask', "Q <= K for 'causal'", got);
    }
  }

  apply(r: number, z: Float64Array): void {
    z.fill(-Infinity, (r % this.queries) + z.length - this.queries + 1);
  }
}
