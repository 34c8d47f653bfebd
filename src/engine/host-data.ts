/** What tensors are uploaded from: the arrays, and the checks of them. */

import type { Halves } from '../gpu/halves';
import type { DType } from '../gpu/region';
import { arrayKind } from '../util/kinds';
import { describe, expected, formatShape, notIn, wrongKind, wrongValue } from '../util/words';

/** A Float16Array, where the platform has it. */
export interface HalfArray extends ArrayBufferView {
  /** Whether an array is of this type. */
  readonly [Symbol.toStringTag]: 'Float16Array';
  /** Elements. */
  readonly length: number;
  readonly [index: number]: number;
}

/** Typed arrays of fractions, of any precision. */
export type HostFloats = Float32Array | Float64Array | HalfArray;

/** Whole numbers: any typed array of integers, or an array. */
export type HostIntegers =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly (number | bigint)[];

/** Numbers, each rounded to f32: any typed array but those of bigints, or an array. */
export type HostNumbers =
  | HostFloats
  | Exclude<HostIntegers, BigInt64Array | BigUint64Array | readonly (number | bigint)[]>
  | readonly number[];

/** What a tensor is uploaded from. */
export type HostData = HostNumbers | HostIntegers;

/** The dtype of host data that does not say otherwise. */
export type DTypeOf<T extends HostData> = T extends Int32Array
  ? 'i32'
  : T extends Uint32Array
    ? 'u32'
    : T extends HalfArray
      ? 'f16'
      : 'f32';

const dtypeNames: readonly DType[] = ['f32', 'f16', 'i32', 'u32'];

const dtypesOfArrays = {
  Float32Array: 'f32',
  Float16Array: 'f16',
  Int32Array: 'i32',
  Uint32Array: 'u32',
} as const;

/** The dtype a typed array has; an array, and those whose elements no tensor has, have none. */
export function dtypeOf(data: unknown): DType | undefined {
  const kind = arrayKind(data);
  if (kind !== undefined && kind !== 'DataView') {
    return dtypesOfArrays[kind as keyof typeof dtypesOfArrays];
  }
  const may = 'a typed array or an array of numbers';
  wrongKind('tensor', 'data', may, describe(data));
}

/**
 * @param halves of the engine; without them there is no f16.
 * @throws TypeError unless it is a dtype that the engine takes.
 */
export function checkDtype(op: string, dtype: unknown, halves: Halves | undefined): void {
  if (!dtypeNames.includes(dtype as DType)) {
    wrongKind(op, 'dtype', "'f32', 'f16', 'i32' or 'u32'", describe(dtype));
  }
  if (dtype === 'f16' && !halves) {
    throw new TypeError(
      `${op}: dtype is 'f16', which this engine was not given; create it by createEngine({ f16 }), ` +
        'with f16 (exported by the library)',
    );
  }
}

/** What an element of an array may be, where it becomes one of a dtype. */
const integerRange = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1] } as const;

export function checkElements(op: string, dtype: DType, data: ArrayLike<unknown>): void {
  const range = dtype === 'i32' || dtype === 'u32' ? integerRange[dtype] : undefined;
  const isGood = (given: unknown) => {
    if (!range) return typeof given === 'number';
    // No bigint out of range rounds to a number in it.
    const v = typeof given === 'bigint' ? Number(given) : given;
    return Number.isInteger(v) && (v as number) >= range[0] && (v as number) <= range[1];
  };
  for (let i = 0; i < data.length; i++) {
    if (isGood(data[i])) continue;
    const [at, given] = [`data[${i}]`, data[i]];
    throw new TypeError(
      range ? notIn(op, at, given, ...range) : expected(op, at, 'a number', describe(given)),
    );
  }
}

/** @throws RangeError unless it is a shape, of no more elements than a count can hold. */
export function checkedCount(op: string, shape: readonly number[]): number {
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  // Spread, so that a hole in the array is undefined and refused.
  if (!Array.isArray(shape) || ![...shape].every(isSize)) {
    const given = Array.isArray(shape) ? formatShape([...shape].map(describe)) : describe(shape);
    wrongValue(op, 'shape', 'an array of integers >= 0', given);
  }
  const count = shape.reduce((a, b) => a * b, 1);
  if (!Number.isSafeInteger(count)) {
    const got = `${count} (${formatShape(shape)})`;
    wrongValue(op, 'shape', 'at most 2^53 - 1 elements', got);
  }
  return count;
}
