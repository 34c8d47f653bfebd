/** What a trigram language model knows, in memory. Words are numbers, the most frequent one 0. */

/** For each of a number of contexts, words that may follow, ascending, with natural log-probabilities. */
export interface Lists {
  /** Where each context's list begins; one more at the end. */
  readonly starts: Uint32Array;
  readonly words: Uint32Array;
  readonly logs: Float32Array;
}

export interface NGrams {
  readonly words: readonly string[];
  /** The log-probability of every word, whatever is before it. */
  readonly unigrams: Float32Array;
  /** By the word before. */
  readonly bigrams: Lists;
  /** By the number of a pair of words before. */
  readonly trigrams: Lists;
  readonly pairs: Pairs;
}

/** Pairs of words that have trigrams, numbered by their second word, then by their first. */
export interface Pairs {
  /** Where the pairs of each second word begin; one more at the end. */
  readonly starts: Uint32Array;
  readonly firsts: Uint32Array;
}

/** The place of a value in an ascending part of an array; undefined if it is not there. */
export function placeOf(
  values: Uint32Array,
  from: number,
  to: number,
  value: number,
): number | undefined {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low < to && values[low] === value ? low : undefined;
}
