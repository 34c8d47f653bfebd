/** Argument checks. Each message names the argument, what was expected and what it got. */

import { isA, tagOf } from './kinds';
import { describe, expected, formatShape, list, notIn, wrongKind, wrongValue } from './words';

/** @throws TypeError unless it is an options object (a tensor, for example, is not). */
export function checkOptions(op: string, name: string, options: unknown): void {
  if (tagOf(options) !== 'Object') {
    wrongKind(op, name, 'an object', describe(options));
  }
}

/** @throws TypeError unless the value is an object of this class of the platform. */
export function checkClass(op: string, name: string, value: unknown, of: string): void {
  if (!isA(value, of)) wrongKind(op, name, `a ${of}`, describe(value));
}

/** @throws RangeError if the value is not one of those allowed. */
export function checkChoice<T extends string>(
  op: string,
  name: string,
  value: unknown,
  allowed: readonly T[],
): asserts value is T {
  if (!allowed.includes(value as T)) {
    wrongValue(op, name, list(allowed), describe(value));
  }
}

/**
 * @param allowed what it may be in words; default: a number in low … high.
 * @throws RangeError if the value is not a finite number in low … high.
 */
export function checkNumber(
  op: string,
  name: string,
  value: unknown,
  low: number,
  high: number,
  allowed?: string,
): asserts value is number {
  if (typeof value !== 'number' || !(value >= low && value <= high)) {
    throw new RangeError(
      allowed
        ? expected(op, name, allowed, describe(value))
        : notIn(op, name, value, low, high, 'a number'),
    );
  }
}

/** @throws RangeError unless it is an integer in low … high. */
export function checkInteger(
  op: string,
  name: string,
  value: unknown,
  low: number,
  high: number,
): asserts value is number {
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) {
    throw new RangeError(notIn(op, name, value, low, high));
  }
}

/** @throws RangeError if the shapes differ. */
export function checkShape(
  op: string,
  name: string,
  shape: readonly number[],
  wanted: readonly number[],
  why: string,
): void {
  if (shape.length !== wanted.length || shape.some((n, i) => n !== wanted[i])) {
    const may = `shape ${formatShape(wanted)} (${why})`;
    wrongValue(op, name, may, formatShape(shape));
  }
}
