/** A smaller model that says nearly the same: n-grams that change little when they are backed off from go. */
import { type Lists, type NGrams, type Pairs, placeOf } from './n-grams';
import { backoffOf, writeRow } from './rows';

/**
 * Leaves out n-grams whose absence raises the model's relative entropy by less than a threshold, in nats
 * (A. Stolcke, Entropy-based pruning of backoff language models, 1998). A bigram stays where a trigram that
 * ends with it does.
 */
export function prune(model: NGrams, threshold: number): NGrams {
  const { words, unigrams, bigrams, trigrams, pairs } = model;
  const row = new Float32Array(words.length);
  const backoffs = Float64Array.from(words, (_, word) => {
    const [from, to] = [bigrams.starts[word]!, bigrams.starts[word + 1]!];
    return backoffOf(bigrams.logs, bigrams.words, from, to, unigrams);
  });
  const logOf = (first: number, second: number) => {
    const place = placeOf(
      bigrams.words,
      bigrams.starts[first]!,
      bigrams.starts[first + 1]!,
      second,
    );
    return place === undefined ? backoffs[first]! + unigrams[second]! : bigrams.logs[place]!;
  };
  // How often a word is a context. The start of a sentence is never predicted; there are as many as ends.
  const chances = unigrams.slice();
  chances[words.indexOf('<s>')] = unigrams[words.indexOf('</s>')]!;
  const keptTrigrams: boolean[] = [];
  const keptBigrams: boolean[] = Array(bigrams.words.length).fill(false);
  for (let second = 0; second < words.length; second++) {
    writeRow(model, [undefined, second], row);
    for (let pair = pairs.starts[second]!; pair < pairs.starts[second + 1]!; pair++) {
      const first = pairs.firsts[pair]!;
      const weight = Math.exp(chances[first]! + logOf(first, second));
      const [from, to] = [trigrams.starts[pair]!, trigrams.starts[pair + 1]!];
      losses(trigrams, from, to, row).forEach((loss, i) => {
        const kept = weight * loss >= threshold;
        keptTrigrams[from + i] = kept;
        if (!kept) return;
        const word = trigrams.words[from + i]!;
        keptBigrams[
          placeOf(bigrams.words, bigrams.starts[second]!, bigrams.starts[second + 1]!, word)!
        ] = true;
      });
    }
    const [from, to] = [bigrams.starts[second]!, bigrams.starts[second + 1]!];
    const weight = Math.exp(chances[second]!);
    losses(bigrams, from, to, unigrams).forEach((loss, i) => {
      keptBigrams[from + i] ||= weight * loss >= threshold;
    });
  }
  return {
    words,
    unigrams,
    bigrams: listsOf(bigrams, keptBigrams),
    ...withoutEmpty(listsOf(trigrams, keptTrigrams), pairs),
  };
}

/** What a context's distribution loses in relative entropy without each word of its list, alone. */
function losses(
  { words, logs }: Lists,
  from: number,
  to: number,
  shorter: Float32Array,
): Float64Array {
  let [left, others] = [1, 1];
  for (let i = from; i < to; i++) {
    left -= Math.exp(logs[i]!);
    others -= Math.exp(shorter[words[i]!]!);
  }
  return Float64Array.from({ length: to - from }, (_, i) => {
    const [log, backed] = [logs[from + i]!, shorter[words[from + i]!]!];
    const p = Math.exp(log);
    const after = Math.log((left + p) / (others + Math.exp(backed)));
    const before = Math.log(left / others);
    return -(p * (after + backed - log) + left * (after - before));
  });
}

/** Pairs with the lists they still have. */
function withoutEmpty(lists: Lists, pairs: Pairs): Pick<NGrams, 'trigrams' | 'pairs'> {
  const numbers = [...pairs.firsts.keys()];
  const kept = numbers.map((pair) => lists.starts[pair + 1]! > lists.starts[pair]!);
  const left = numbers.filter((pair) => kept[pair]);
  const counts = countsOf(kept);
  return {
    trigrams: {
      ...lists,
      starts: Uint32Array.from([...left.map((pair) => lists.starts[pair]!), lists.words.length]),
    },
    pairs: {
      starts: pairs.starts.map((start) => counts[start]!),
      firsts: Uint32Array.from(left, (pair) => pairs.firsts[pair]!),
    },
  };
}

/** The lists with what is kept of them. */
function listsOf({ starts, words, logs }: Lists, kept: readonly boolean[]): Lists {
  const left = [...words.keys()].filter((i) => kept[i]);
  const counts = countsOf(kept);
  return {
    starts: starts.map((start) => counts[start]!),
    words: Uint32Array.from(left, (i) => words[i]!),
    logs: Float32Array.from(left, (i) => logs[i]!),
  };
}

/** How many are kept before each place, and in all. */
function countsOf(kept: readonly boolean[]): Uint32Array {
  const counts = new Uint32Array(kept.length + 1);
  kept.forEach((is, i) => {
    counts[i + 1] = counts[i]! + Number(is);
  });
  return counts;
}
