/**
 * Reads the binary trigram model of CMU Sphinx (`Trie Language Model`). Its lists are by the word that is
 * predicted, then by the one before; here they become lists by context.
 */
import type { Lists, NGrams } from './n-grams';

const MAGIC = 'Trie Language Model';
/** The source's unit of a logarithm. */
const UNIT = Math.log(1.0001);
/** Entries of each table of probabilities, which n-grams name by 16 bits. */
const TABLE = 65_536;
const QUANTISED = 16;

/** An n-gram: its predicted word, and the number of its context. */
interface Gram {
  readonly context: number;
  readonly word: number;
  readonly log: number;
}

/** @throws Error for another kind of file. */
export function readSource(bytes: Uint8Array): NGrams {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  if (text.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC || bytes[MAGIC.length] !== 3) {
    throw new Error(`this is no trigram model that begins with “${MAGIC}”`);
  }
  const countsAt = MAGIC.length + 1;
  const [count, bigramCount, trigramCount] = [0, 4, 8].map((offset) =>
    view.getUint32(countsAt + offset, true),
  ) as [number, number, number];
  // After them, how probabilities are quantised: by 16 bits, the one way there is.
  const tableAt = (n: number) => countsAt + 16 + 4 * TABLE * n;
  const logIn = (table: number, code: number) =>
    UNIT * view.getFloat32(tableAt(table) + 4 * code, true);
  const unigramAt = tableAt(3);
  const unigram = (word: number) => UNIT * view.getFloat32(unigramAt + 12 * word, true);
  const bigramsOf = (word: number) => view.getUint32(unigramAt + 12 * word + 8, true);
  const wordBits = bitsFor(count);
  const bigramAt = unigramAt + 12 * (count + 1);
  const bigramBits = wordBits + 2 * QUANTISED + bitsFor(trigramCount);
  const trigramAt = bigramAt + bytesFor(bigramCount, bigramBits);
  const trigramBits = wordBits + QUANTISED;
  const wordsAt = trigramAt + bytesFor(trigramCount, trigramBits);
  const field = (start: number, bit: number, width: number) =>
    (view.getUint32(start + (bit >>> 3), true) >>> (bit & 7)) & (2 ** width - 1);

  // Most frequent first.
  const order = Uint32Array.from({ length: count }, (_, word) => word);
  const logs = Float64Array.from(order, unigram);
  order.sort((a, b) => logs[b]! - logs[a]! || a - b);
  const numberOf = new Uint32Array(count);
  order.forEach((word, number) => {
    numberOf[word] = number;
  });

  const bigrams: Gram[] = [];
  const trigrams: Gram[] = [];
  for (let predicted = 0; predicted < count; predicted++) {
    const word = numberOf[predicted]!;
    for (let i = bigramsOf(predicted); i < bigramsOf(predicted + 1); i++) {
      const bit = i * bigramBits;
      const second = numberOf[field(bigramAt, bit, wordBits)]!;
      const code = field(bigramAt, bit + wordBits + QUANTISED, QUANTISED);
      bigrams.push({ context: second, word, log: logIn(0, code) });
      const firstTrigram = (of: number) =>
        field(bigramAt, of * bigramBits + wordBits + 2 * QUANTISED, bitsFor(trigramCount));
      for (let j = firstTrigram(i); j < firstTrigram(i + 1); j++) {
        const first = numberOf[field(trigramAt, j * trigramBits, wordBits)]!;
        const log = logIn(2, field(trigramAt, j * trigramBits + wordBits, QUANTISED));
        trigrams.push({ context: second * count + first, word, log });
      }
    }
  }
  const names = text.decode(bytes.subarray(wordsAt + 4)).split('\0');
  return {
    words: Array.from(order, (word) => names[word]!),
    unigrams: Float32Array.from(order, (word) => logs[word]!),
    bigrams: listsOf(bigrams, count),
    ...pairedListsOf(trigrams, count),
  };
}

/** Bits that hold a number up to `most`. */
const bitsFor = (most: number) => Math.ceil(Math.log2(most + 1));
/** Bytes of a packed table: one entry more than it has, and room to read the last by words. */
const bytesFor = (entries: number, bits: number) => Math.ceil(((entries + 1) * bits) / 8) + 8;

function sort(grams: Gram[]): Gram[] {
  return grams.sort((a, b) => a.context - b.context || a.word - b.word);
}

/** Lists by context, 0 … contexts − 1. */
function listsOf(grams: Gram[], contexts: number): Lists {
  const sorted = sort(grams);
  const starts = new Uint32Array(contexts + 1);
  for (const { context } of sorted) starts[context + 1]!++;
  for (let c = 0; c < contexts; c++) starts[c + 1]! += starts[c]!;
  return {
    starts,
    words: Uint32Array.from(sorted, ({ word }) => word),
    logs: Float32Array.from(sorted, ({ log }) => log),
  };
}

/** Lists by pair; a context is the second word times the number of words, plus the first. */
function pairedListsOf(grams: Gram[], count: number): Pick<NGrams, 'trigrams' | 'pairs'> {
  const contexts = [...new Set(sort(grams).map(({ context }) => context))];
  const numbers = new Map(contexts.map((context, number) => [context, number]));
  const numbered = grams.map((gram) => ({ ...gram, context: numbers.get(gram.context)! }));
  const starts = new Uint32Array(count + 1);
  for (const context of contexts) starts[Math.floor(context / count) + 1]!++;
  for (let c = 0; c < count; c++) starts[c + 1]! += starts[c]!;
  return {
    trigrams: listsOf(numbered, contexts.length),
    pairs: { starts, firsts: Uint32Array.from(contexts, (context) => context % count) },
  };
}
