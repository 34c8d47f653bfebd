/** Checks of the arguments that operations share; each names the argument, its value and what it may be. */

import type { Engine } from '../engine/engine';
import type { RecordTarget } from '../engine/recorder';
import { type DType, GpuTensor, isTensor } from '../engine/tensor';
import { isA, isGone, tagOf } from '../gpu/kinds';
import { type FloatDType, floatDTypes } from '../gpu/region';
import type { Params } from '../rows/params';
import type { RowShape } from '../rows/plan';
import { type RegimeName, regimeNames } from '../rows/regimes';
import type { Precision } from '../rows/variant';

/** Options of every operation. */
export interface CommonOptions {
  /** The axis the rows run along; default −1, the last. */
  axis?: number;
  /** Record into this encoder instead of submitting. */
  encoder?: GPUCommandEncoder;
  /** Record into this open compute pass instead of submitting. */
  pass?: GPUComputePassEncoder;
  /**
   * Use this regime whatever the table says; for tests and benchmarks.
   *
   * @internal
   */
  regime?: RegimeName;
}

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
   * 'default', or 'high': probabilities within 6 ULP whatever the scale, the logits' size and the
   * distance from the maximum, for more arithmetic. The first call with 'high' tests the device's
   * compiler; where that defeats compensated arithmetic, every `read()` and `done()` that waits for
   * such a call rejects and says so.
   */
  precision?: Precision;
}

/** What a row without any element above −inf gives. */
export interface EmptyRowsOption {
  /** NaN as in PyTorch (default), or zero. */
  emptyRows?: 'nan' | 'zero';
}

export const formatShape = (shape: readonly (number | string)[]) => `[${shape.join(', ')}]`;

const FLT_MAX = 3.4028234663852886e38;
const NAN_BITS = 0x7fc00000;
const NEG_INF_BITS = 0xff800000;

const f32 = new Float32Array(1);
const f32Bits = new Uint32Array(f32.buffer);

/** The bits of a number as f32. */
export function bitsOf(value: number): number {
  f32[0] = value;
  return f32Bits[0]!;
}

/** A tensor's rows along an axis. */
export interface Rows extends RowShape {
  readonly axis: number;
  /** The shape without the axis: of one value a row. */
  readonly rowShape: readonly number[];
  readonly count: number;
}

/** @throws RangeError if the axis is out of range. */
export function rowsOf(op: string, x: GpuTensor, { axis = -1 }: CommonOptions): Rows {
  const { shape } = x;
  const rank = shape.length;
  const about = `a tensor of rank ${rank} (shape ${formatShape(shape)})`;
  if (rank === 0) throw new RangeError(`${op}: ${about} has no axis; the rank may be 1 or more`);
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new RangeError(
      `${op}: axis ${describe(axis)} is out of range for ${about}; axis may be ${-rank} … ${rank - 1}`,
    );
  }
  const a = axis < 0 ? axis + rank : axis;
  const length = shape[a]!;
  const size = (sizes: readonly number[]) => sizes.reduce((p, n) => p * n, 1);
  const outer = size(shape.slice(0, a));
  const inner = size(shape.slice(a + 1));
  const rowShape = [...shape.slice(0, a), ...shape.slice(a + 1)];
  return { axis: a, outer, length, inner, rowShape, count: outer * inner };
}

/**
 * Checks the first tensor of an operation, whose engine is the operation's.
 *
 * @throws TypeError or Error if it is not a tensor of ours, destroyed, or of another dtype.
 */
export function checkFirst<D extends DType>(
  op: string,
  name: string,
  tensor: unknown,
  dtypes: readonly D[],
): asserts tensor is GpuTensor<D> {
  const { engine } = (tensor ?? {}) as { engine: Engine };
  checkTensor(engine, op, name, tensor, dtypes);
}

/**
 * @param orElse what it may be beside a tensor, for the message.
 * @throws TypeError or Error if it is not a tensor, not one of this engine, destroyed, or of another dtype.
 */
export function checkTensor<D extends DType>(
  engine: Engine,
  op: string,
  name: string,
  tensor: unknown,
  dtypes: readonly D[],
  orElse = '',
): asserts tensor is GpuTensor<D> {
  if (!(tensor instanceof GpuTensor)) {
    if (isTensor(tensor)) {
      throw new TypeError(
        `${op}: ${name} is a GpuTensor of another copy of the library; it may be one that this copy made`,
      );
    }
    throw new TypeError(
      `${op}: ${name} is ${describe(tensor)}; it must be a GpuTensor, made by tensor() or wrap()${orElse}`,
    );
  }
  if (tensor.engine !== engine) {
    throw new Error(
      `${op}: ${name} belongs to another engine; it may only be used with the one that made it`,
    );
  }
  if (tensor.destroyed) {
    throw new Error(
      `${op}: ${name} (shape ${formatShape(tensor.shape)}) is ${tensor.ending}; it may not be used any more`,
    );
  }
  if (!(dtypes as readonly string[]).includes(tensor.dtype)) {
    throw new TypeError(`${op}: ${name} has dtype '${tensor.dtype}'; it may be ${list(dtypes)}`);
  }
}

/** The element types a result may have, where it has that of an input unless `out` says otherwise. */
export const resultDTypes = (input: FloatDType): readonly [FloatDType, ...FloatDType[]] => [
  input,
  ...floatDTypes.filter((dtype) => dtype !== input),
];

/** @throws RangeError if the shapes differ. */
export function checkShape(
  op: string,
  name: string,
  shape: readonly number[],
  expected: readonly number[],
  why: string,
): void {
  if (shape.length !== expected.length || shape.some((n, i) => n !== expected[i])) {
    throw new RangeError(
      `${op}: ${name} has shape ${formatShape(shape)}; it must be ${formatShape(expected)}, ${why}`,
    );
  }
}

/** @throws RangeError if the value is not one of those allowed. */
export function checkChoice<T extends string>(
  op: string,
  name: string,
  value: unknown,
  allowed: readonly T[],
): asserts value is T {
  if (!allowed.includes(value as T)) {
    throw new RangeError(`${op}: ${name} is ${describe(value)}; it may be ${list(allowed)}`);
  }
}

/** @throws RangeError if the value is not a finite number in low … high. */
export function checkNumber(
  op: string,
  name: string,
  value: unknown,
  low: number,
  high: number,
  allowed: string,
): asserts value is number {
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new RangeError(`${op}: ${name} is ${describe(value)}; it may be ${allowed}`);
  }
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

/** With precision 'high', what a step of the scale's size may be without overflow. */
const MAX_HIGH_SCALE = 2 ** 100;

/** @throws RangeError for an unknown precision, or a scale that 'high' cannot take. */
export function precisionOf(
  op: string,
  { precision = 'default', ...options }: PrecisionOption & ScaleOptions,
): Precision {
  checkChoice(op, 'precision', precision, ['default', 'high']);
  const { scale, temperature } = options;
  const s = scale ?? (temperature === undefined ? 1 : 1 / temperature);
  if (precision === 'high' && s > MAX_HIGH_SCALE) {
    throw new RangeError(
      `${op}: ${scale === undefined ? `temperature is ${temperature}` : `scale is ${scale}`}; ` +
        "with precision 'high' the scale may be 0 … 2^100",
    );
  }
  return precision;
}

function bitsToFloat(bits: number): number {
  f32Bits[0] = bits;
  return f32[0]!;
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

/** @throws TypeError for what holds no options, such as a tensor in their place. */
export function checkOptions(op: string, name: string, options: unknown): void {
  if (tagOf(options) !== 'Object') {
    throw new TypeError(`${op}: ${name} is ${describe(options)}; it must be an object`);
  }
}

/**
 * @throws TypeError for what holds no options, is no encoder or pass, or if both are given;
 * RangeError for an unknown regime.
 */
export function checkCommon(op: string, options: CommonOptions): RecordTarget {
  checkOptions(op, 'options', options);
  const { encoder, pass } = options;
  if (encoder !== undefined && pass !== undefined) {
    throw new TypeError(`${op}: encoder and pass are both given; give the one to record into`);
  }
  if (encoder !== undefined && !isA(encoder, 'GPUCommandEncoder')) {
    throw new TypeError(`${op}: encoder is ${describe(encoder)}; it must be a GPUCommandEncoder`);
  }
  if (pass !== undefined && !isA(pass, 'GPUComputePassEncoder')) {
    throw new TypeError(`${op}: pass is ${describe(pass)}; it must be a GPUComputePassEncoder`);
  }
  if (options.regime !== undefined) checkChoice(op, 'regime', options.regime, regimeNames);
  return options;
}

export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const tag = tagOf(value);
  // Classes have other names where the library was made smaller.
  const kind = tag === 'Object' ? (value.constructor?.name ?? 'object') : tag;
  const gone = ArrayBuffer.isView(value) && isGone(value) ? ' whose memory is gone' : '';
  return `${/^[AEIO]/i.test(kind) ? 'an' : 'a'} ${kind}${gone}`;
}

const list = (values: readonly string[]) =>
  values
    .map((v) => `'${v}'`)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
