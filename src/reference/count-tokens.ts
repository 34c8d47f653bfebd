import { checkRange, type HostTensor, isUint32, refuse, rowsOf } from './rows';

/** Options of `countTokens`. */
export interface CountTokensOptions {
  /** Added for each token; default 1. */
  by?: number;
  /** Bit 31 is set instead. */
  prompt?: boolean;
}

/**
 * Counts with some tokens more: bits 0–30 say how often a token was generated, bit 31 that it is in the
 * prompt. Tokens below 0, and of K or more, do not count.
 * @param counts a Uint32Array of shape [..., K]
 * @param tokens as many for each row
 * @throws RangeError for tokens that the rows cannot share out, and for `by` out of range
 */
export function countTokens(
  counts: HostTensor,
  tokens: HostTensor,
  { by = 1, prompt = false }: CountTokensOptions = {},
): Uint32Array {
  const op = 'countTokens';
  const { length, count } = rowsOf(op, 'counts', counts);
  if (!isUint32(counts.data)) refuse(op, 'counts', 'a Uint32Array', typeof counts.data);
  checkRange(op, 'by', by, -(2 ** 30), 2 ** 30);
  const each = tokens.data.length === 0 ? 0 : tokens.data.length / count;
  if (!Number.isInteger(each)) {
    refuse(op, 'tokens', `as many for each of ${count} rows`, tokens.data.length);
  }
  const counted = Uint32Array.from(counts.data);
  for (let i = 0; i < tokens.data.length; i++) {
    const token = tokens.data[i]!;
    if (token < 0 || token >= length) continue;
    const at = Math.floor(i / each) * length + token;
    counted[at] = prompt ? (counted[at]! | (2 ** 31)) >>> 0 : counted[at]! + by;
  }
  return counted;
}
