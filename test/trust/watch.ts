/** Watching calls from outside: that they end, and that what they throw is ours. */

import { isOurs } from '../harness/grammar';

/** The promise's value, or an Error if there is none in time. */
export function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what}: nothing within ${milliseconds} ms`));
    }, milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Whether an error is one that the library promises: a RangeError, TypeError or Error of this operation,
 * in the library's grammar.
 *
 * @param named the arguments of which it must name one; default: any.
 */
export function isOwnError(error: unknown, op: string, named?: readonly string[]): boolean {
  if (!(error instanceof Error) || error instanceof DOMException) return false;
  if (!['Error', 'TypeError', 'RangeError'].includes(error.name)) return false;
  const start = `${op}: `;
  if (!error.message.startsWith(start) || !isOurs(error.message)) return false;
  const rest = error.message.slice(start.length);
  return !named || named.some((name) => rest.startsWith(name));
}
