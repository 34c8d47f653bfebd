import { describe, wrongKind } from '../util/words';

/** @throws TypeError unless it is an AbortSignal. */
export function checkSignal(op: string, signal: AbortSignal | null | undefined): void {
  if (signal === undefined) return;
  if (typeof signal?.aborted !== 'boolean' || typeof signal.addEventListener !== 'function') {
    wrongKind(op, 'signal', 'an AbortSignal', describe(signal));
  }
}

/** @throws the signal's reason if it is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}

/** The first signals had no reason. */
const reasonOf = ({ reason }: AbortSignal): unknown =>
  reason === undefined ? Object.assign(new Error('aborted'), { name: 'AbortError' }) : reason;

/** A promise that rejects when the signal is aborted, until it is released. */
export function abortion(signal: AbortSignal | undefined) {
  let release = () => {};
  const promise = new Promise<never>((_, reject) => {
    const abort = () => reject(reasonOf(signal!));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    release = () => signal?.removeEventListener('abort', abort);
  });
  promise.catch(() => {});
  return { promise, release };
}

/**
 * What a promise gives, unless the signal is aborted first: then its reason, at once.
 *
 * @param giveUp receives the promise's value if it arrives after the wait was given up.
 */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  coming: Promise<T>,
  giveUp: (late: T) => void = () => {},
): Promise<T> {
  const aborted = abortion(signal);
  try {
    const value = await Promise.race([aborted.promise, coming]);
    throwIfAborted(signal);
    return value;
  } catch (error) {
    coming.then(giveUp, () => {});
    throw error;
  } finally {
    aborted.release();
  }
}
