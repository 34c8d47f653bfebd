/**
 * Small arguments, of one value a row, a class or a logit: tensors, or arrays on the host that go to
 * the GPU with the call.
 */

import type { Input } from '../engine/call';
import { checkTensor } from '../engine/check-tensor';
import type { Engine } from '../engine/engine';
import type { HostFloats } from '../engine/host-data';
import type { GpuTensor } from '../engine/tensor';
import type { HostElements } from '../gpu/region';
import { checkShape } from '../util/checks';
import { arrayKind } from '../util/kinds';
import { describe, expected, notIn, wrongKind, wrongValue } from '../util/words';

/** A tensor, or elements that the call uploads. */
export type Small = GpuTensor | HostElements;

/** Whether it is a typed array of fractions. */
export const holdsFloats = (value: unknown): value is HostFloats =>
  /^Float/.test(arrayKind(value) ?? '');

/**
 * An f32 argument.
 *
 * @param orElse the alternatives to a tensor, for the message.
 * @throws TypeError or Error for what is neither an f32 tensor of this engine nor numbers.
 */
export function parseNumbers(
  engine: Engine,
  op: string,
  name: string,
  value: unknown,
  orElse = ' or an array of numbers',
): Small {
  const kind = arrayKind(value);
  if (kind === undefined) {
    checkTensor(engine, op, name, value, ['f32'], orElse);
    return value;
  }
  if (/^(Big|Data)/.test(kind)) {
    const may = 'a GpuTensor or an array of numbers';
    wrongKind(op, name, may, describe(value));
  }
  const numbers = value as ArrayLike<number>;
  if (kind === 'Array') checkEach(op, name, numbers, (v) => typeof v === 'number', 'a number');
  return hostElements('f32', new Float32Array(numbers));
}

/**
 * Whole numbers from the host, as i32.
 *
 * @param isGood which numbers it may hold; bigints are asked about as numbers.
 * @param may the same in words, or the least and the greatest.
 * @throws TypeError unless it is an array of whole numbers, RangeError for an invalid element.
 */
export function parseIntegers(
  op: string,
  name: string,
  value: unknown,
  isGood: (number: unknown) => boolean,
  may: Allowed,
): HostElements {
  const kind = arrayKind(value);
  if (kind === undefined || /^(Float|Data)/.test(kind)) {
    const may = 'a GpuTensor or an array of integers';
    wrongKind(op, name, may, describe(value));
  }
  // No bigint rounds to a number that may be good but the one it is.
  const number = (v: unknown) => (typeof v === 'bigint' ? Number(v) : v);
  const given = value as ArrayLike<unknown>;
  checkEach(op, name, given, (v) => isGood(number(v)), may);
  return hostElements('i32', Int32Array.from(given, Number));
}

/** Whether it is an index below `count`. */
export const isBelow = (value: unknown, count: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;

/** What an element may be: in words, or an integer from the least to the greatest. */
type Allowed = string | readonly [low: number, high: number];

/** @throws RangeError for the first element that is not good, holes among them. */
export function checkEach(
  op: string,
  name: string,
  values: ArrayLike<unknown>,
  isGood: (value: unknown) => boolean,
  may: Allowed,
): void {
  for (let i = 0; i < values.length; i++) {
    if (isGood(values[i])) continue;
    const [at, value] = [`${name}[${i}]`, values[i]];
    throw new RangeError(
      typeof may === 'string'
        ? expected(op, at, may, describe(value))
        : notIn(op, at, value, ...may),
    );
  }
}

export const hostElements = (
  dtype: HostElements['dtype'],
  elements: HostElements['elements'],
): HostElements => ({ dtype, elements, count: elements.length });

/** @throws RangeError for a tensor of another shape, or for an array of another length. */
export function checkFits(
  op: string,
  name: string,
  small: Small,
  shape: readonly number[],
  why: string,
): void {
  if (!('elements' in small)) {
    checkShape(op, name, small.shape, shape, why);
    return;
  }
  const count = shape.reduce((a, b) => a * b, 1);
  if (small.count !== count) {
    wrongValue(op, name, `length ${count} (${why})`, small.count);
  }
}

/** As an input of its operation. Host arrays occupy none of the caller's buffers. */
export const inputsOf = (name: string, small: Small | undefined, rowData = false): Input[] =>
  small && !('elements' in small) ? [{ name, region: small, rowData }] : [];
