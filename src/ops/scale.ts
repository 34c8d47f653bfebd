/** The options that say what becomes of a logit: its scale, and how exactly it is computed with. */

import type { Params } from '../rows/params';
import type { HighPrecision } from '../rows/precision';
import { checkChoice, checkNumber } from '../util/checks';
import { describe, wrongKind } from '../util/words';

/** A factor on the logits, one way or the other. Rounded to f32. */
export interface ScaleOptions {
  /** s ≥ 0; default 1. */
  scale?: number;
  /** 1/s, over 0. */
  temperature?: number;
}

/** How exactly exponentials of logits, and sums of them, are made. */
export interface PrecisionOption {
  /**
   * `high`, which the library exports: probabilities within 6 ULP whatever the scale, the logits' size
   * and the distance from the maximum, for more arithmetic. The first call with it tests the device's
   * compiler; where that defeats compensated arithmetic, every `read()` and `done()` that waits for
   * such a call rejects and says so.
   */
  precision?: HighPrecision | undefined;
}

/** What a row without any element above −inf gives. */
export interface EmptyRowsOption {
  /** NaN as in PyTorch (default), or zero. */
  emptyRows?: 'nan' | 'zero';
}

export const FLT_MAX = 3.4028234663852886e38;
const NAN_BITS = 0x7fc00000;
const NEG_INF_BITS = 0xff800000;

const f32 = new Float32Array(1);
const f32Bits = new Uint32Array(f32.buffer);

/** The bits of a number as f32. */
export function bitsOf(value: number): number {
  f32[0] = value;
  return f32Bits[0]!;
}

function bitsToFloat(bits: number): number {
  f32Bits[0] = bits;
  return f32[0]!;
}

/** The scale as f32, and how far from the maximum it lets an element be looked at. */
export function scaleParams(op: string, { scale, temperature }: ScaleOptions): Params {
  if (scale !== undefined && temperature !== undefined) {
    throw new RangeError(
      `${op}: scale (${describe(scale)}) and temperature (${describe(temperature)}) are both given; give one of them`,
    );
  }
  if (scale !== undefined) {
    checkNumber(op, 'scale', scale, 0, FLT_MAX, 'a finite f32 >= 0');
  }
  if (temperature !== undefined) {
    checkNumber(
      op,
      'temperature',
      temperature,
      1 / FLT_MAX,
      FLT_MAX,
      'a finite f32 > 0 whose inverse is one too',
    );
  }
  const s = Math.fround(scale ?? (temperature === undefined ? 1 : 1 / temperature));
  // The largest f32 whose product with s is finite.
  let reach = s > 1 ? Math.fround(FLT_MAX / s) : FLT_MAX;
  while (!Number.isFinite(Math.fround(reach * s))) reach = bitsToFloat(bitsOf(reach) - 1);
  return {
    scale: s,
    double_scale: Math.min(2 * s, FLT_MAX),
    half_reach: reach / 2,
    // 200 below the maximum the exponential is 0 in f32.
    half_exp_reach: Math.min(reach, 200 / s) / 2,
  };
}

/** @throws TypeError for an unknown precision, RangeError for a scale that it cannot take. */
export function precisionOf(
  op: string,
  { precision, ...options }: PrecisionOption & ScaleOptions,
): HighPrecision | undefined {
  if (precision === undefined) return undefined;
  if (precision?.name !== 'high' || !precision.source) {
    const may = 'high (exported by the library)';
    wrongKind(op, 'precision', may, describe(precision));
  }
  precision.checkScale(op, options);
  return precision;
}

/** What a row without any element above −inf is filled with. */
export function emptyFill(
  op: string,
  { emptyRows = 'nan' }: EmptyRowsOption,
  zero: 'zero' | '-inf' = 'zero',
): Params {
  checkChoice(op, 'emptyRows', emptyRows, ['nan', 'zero']);
  if (emptyRows === 'nan') return { empty_fill: NAN_BITS };
  return { empty_fill: zero === 'zero' ? 0 : NEG_INF_BITS };
}
