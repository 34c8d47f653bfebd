/** Rows of the page's language model: log-probabilities of the next word, in the order of its frequency. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decode } from '../../page/write/model/file';
import { writeRow } from '../../page/write/model/rows';

/** Rows side by side, as text that passes into any page: base64 of their f32s. */
export interface RealRows {
  readonly shape: readonly [rows: number, length: number];
  readonly base64: string;
}

/**
 * @param contexts two words each, after which a row is.
 * @param length the first so many words alone, the frequent ones; default: all 72 547.
 */
export function realRows(contexts: readonly string[], length?: number): RealRows {
  const file = new URL('../../page/write/model/en-us.trigrams', import.meta.url);
  const model = decode(gunzipSync(readFileSync(file)));
  const row = new Float32Array(model.words.length);
  const words = length ?? row.length;
  const data = new Float32Array(contexts.length * words);
  for (const [r, context] of contexts.entries()) {
    const [first, second] = context.split(' ').map((word) => model.words.indexOf(word));
    writeRow(model, [first, second], row);
    data.set(row.subarray(0, words), r * words);
  }
  return {
    shape: [contexts.length, words],
    base64: Buffer.from(data.buffer).toString('base64'),
  };
}
