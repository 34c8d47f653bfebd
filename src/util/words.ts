/** Words of errors that more than one part of the library has. */

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

export const list = (values: readonly string[]) =>
  values
    .map((v) => `'${v}'`)
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1');
