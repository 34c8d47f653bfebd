/**
 * The words of errors, which have one grammar (docs/glossary.md):
 *
 * - `softmax: x: expected dtype 'f32' or 'f16', got 'i32'` for a wrong kind or choice,
 * - `softmax: axis 3 is out of range [-2, 1] for shape [4, 6]` for a number,
 * - `softmax: x belongs to another engine; use it with the one that made it` for a state.
 */

import { isGone, tagOf } from './kinds';

export const formatShape = (shape: readonly (number | string)[]) => `[${shape.join(', ')}]`;

export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  const tag = tagOf(value);
  // Classes have other names where the library was made smaller.
  const kind = tag === 'Object' ? (value.constructor?.name ?? 'object') : tag;
  const gone = ArrayBuffer.isView(value) && isGone(value) ? ' whose memory is gone' : '';
  return `${/^[AEIO]/i.test(kind) ? 'an' : 'a'} ${kind}${gone}`;
}

/** The message for an argument that is not what it may be. */
export const expected = (op: string, name: string, may: string, got: unknown) =>
  `${op}: ${name}: expected ${may}, got ${got}`;

/** @throws TypeError for an argument of the wrong kind. */
export function wrongKind(op: string, name: string, may: string, got: unknown): never {
  throw new TypeError(expected(op, name, may, got));
}

/** @throws RangeError for an argument of the right kind with a wrong value. */
export function wrongValue(op: string, name: string, may: string, got: unknown): never {
  throw new RangeError(expected(op, name, may, got));
}

/** The message for a value that is not a number of this kind in low … high. */
export function notIn(
  op: string,
  name: string,
  value: unknown,
  low: number | string,
  high: number | string,
  kind: 'an integer' | 'a number' = 'an integer',
  where = '',
): string {
  const range = `[${low}, ${high}]${where}`;
  const isKind = kind === 'a number' ? Number.isFinite(value) : Number.isInteger(value);
  return isKind || typeof value === 'bigint'
    ? `${op}: ${name} ${value} is out of range ${range}`
    : expected(op, name, `${kind} in ${range}`, describe(value));
}

/** @throws RangeError for what takes more bytes than a limit of the device allows. */
export const tooLarge = (
  op: string,
  name: string,
  bytes: number,
  limit: number,
  which: string,
): never => wrongValue(op, name, `at most ${limit} bytes (${which})`, bytes);

export const list = (values: readonly string[]) =>
  values
    .map((v) => `'${v}'`)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
