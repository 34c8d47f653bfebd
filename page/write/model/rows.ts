/** The next word's log-probabilities, over all words, by backing off from trigrams to bigrams to words. */
import { type Lists, type NGrams, placeOf } from './n-grams';

/**
 * Writes the natural log-probability of every word after two others into a row: exactly the listed ones
 * from trigrams, else from bigrams, else of the word alone; what the lists leave of the probability is
 * shared out among the words they do not name, in the proportions of the shorter context. So a row sums
 * to 1 but for the rounding of its elements to f32.
 *
 * @param context the two words before; undefined for one that is not known.
 */
export function writeRow(
  { unigrams, bigrams, trigrams, pairs }: NGrams,
  context: readonly [first: number | undefined, second: number | undefined],
  row: Float32Array,
): void {
  const [first, second] = context;
  row.set(unigrams);
  if (second === undefined) return;
  overlay(bigrams, second, row);
  if (first === undefined) return;
  const pair = placeOf(pairs.firsts, pairs.starts[second]!, pairs.starts[second + 1]!, first);
  if (pair !== undefined) overlay(trigrams, pair, row);
}

/** Gives a row of the shorter context what a list of the longer one says. */
function overlay({ starts, words, logs }: Lists, context: number, row: Float32Array): void {
  const [from, to] = [starts[context]!, starts[context + 1]!];
  const backoff = backoffOf(logs, words, from, to, row);
  for (let k = 0; k < row.length; k++) row[k]! += backoff;
  for (let i = from; i < to; i++) row[words[i]!] = logs[i]!;
}

/** The logarithm of what listed words leave of 1, over what the shorter context gives the others. */
export function backoffOf(
  logs: Float32Array,
  words: Uint32Array,
  from: number,
  to: number,
  shorter: Float32Array,
): number {
  let [listed, covered] = [0, 0];
  for (let i = from; i < to; i++) {
    listed += Math.exp(logs[i]!);
    covered += Math.exp(shorter[words[i]!]!);
  }
  return Math.log1p(-listed) - Math.log1p(-covered);
}
