/** Argument checks. Each message names the argument, what was expected and what it got. */

import { tagOf } from './kinds';
import { describe, formatShape, list } from './words';

/** @throws TypeError unless it is an options object (a tensor, for example, is not). */
export function checkOptions(op: string, name: string, options: unknown): void {
  if (tagOf(options) !== 'Object') {
    throw new TypeError(`${op}: ${name} is ${describe(options)}; it must be an object`);
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

/** @throws RangeError unless it is an integer in low … high. */
export function checkInteger(
  op: string,
  name: string,
  value: unknown,
  low: number,
  high: number,
): asserts value is number {
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) {
    throw new RangeError(
      `${op}: ${name} is ${describe(value)}; it may be an integer of ${low} … ${high}`,
    );
  }
}

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
