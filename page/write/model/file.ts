/**
 * The form in which a model is kept: streams of bytes, each of one kind of number, one after the other,
 * which gzip makes small. Numbers that ascend are kept as the gaps between them.
 */
import type { Lists, NGrams, Pairs } from './n-grams';

const MAGIC = 'webgpu-softmax trigrams 1\n';
/** Steps of a unigram's log-probability in a nat. */
const STEPS = 4096;
/** The most negative log-probability of a bigram or trigram that can be kept. */
const LEAST = -17;

/** A log-probability by its byte: a square, so that steps are small where probabilities are large. */
const logOf = (code: number) => LEAST * (code / 255) ** 2;
const codeOf = (log: number) => Math.min(255, Math.round(255 * Math.sqrt(log / LEAST)));

/** A model as bytes, not yet compressed. */
export function encode({ words, unigrams, bigrams, trigrams, pairs }: NGrams): Uint8Array {
  const steps = Array.from(unigrams, (log) => Math.round(-log * STEPS));
  const streams = [
    new TextEncoder().encode(words.join('\n')),
    bytesOf(steps.map((step, i) => step - (steps[i - 1] ?? 0))),
    ...encodeLists(bigrams),
    bytesOf(lengthsOf(pairs.starts)),
    bytesOf(gapsOf(pairs.starts, pairs.firsts)),
    ...encodeLists(trigrams),
  ];
  const head = new TextEncoder().encode(
    `${MAGIC}${streams.map(({ length }) => length).join(' ')}\n`,
  );
  const file = new Uint8Array([head, ...streams].reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of [head, ...streams]) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/**
 * The model that bytes say.
 *
 * @throws Error for bytes that are none.
 */
export function decode(file: Uint8Array): NGrams {
  const text = new TextDecoder();
  const lineEnd = (from: number) => file.indexOf(10, from) + 1;
  const first = lineEnd(0);
  if (text.decode(file.subarray(0, first)) !== MAGIC) throw new Error('this is no language model');
  let at = lineEnd(first);
  const streams = text
    .decode(file.subarray(first, at))
    .split(' ')
    .map((length) => {
      at += Number(length);
      return file.subarray(at - Number(length), at);
    });
  if (at !== file.length)
    throw new Error(`the language model should have ${at} bytes, and has ${file.length}`);
  const next = () => streams.shift()!;
  const words = text.decode(next()).split('\n');
  const unigrams = normalised(numbersOf(next()));
  const bigrams = decodeLists(next(), next(), next());
  const pairs = decodePairs(next(), next());
  const trigrams = decodeLists(next(), next(), next());
  return { words, unigrams, bigrams, pairs, trigrams };
}

/** From steps between log-probabilities to those, and to a sum of 1. */
function normalised(gaps: Uint32Array): Float32Array {
  let steps = 0;
  const logs = Float64Array.from(gaps, (gap) => {
    steps += gap;
    return -steps / STEPS;
  });
  const total = Math.log(logs.reduce((sum, log) => sum + Math.exp(log), 0));
  return Float32Array.from(logs, (log) => log - total);
}

const encodeLists = ({ starts, words, logs }: Lists): Uint8Array[] => [
  bytesOf(lengthsOf(starts)),
  bytesOf(gapsOf(starts, words)),
  codesOf(starts, logs),
];

function decodeLists(lengths: Uint8Array, gaps: Uint8Array, codes: Uint8Array): Lists {
  const starts = startsOf(numbersOf(lengths));
  const table = Float32Array.from({ length: 256 }, (_, code) => logOf(code));
  const logs = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) logs[i] = table[codes[i]!]!;
  return { starts, words: summed(starts, numbersOf(gaps)), logs };
}

function decodePairs(lengths: Uint8Array, gaps: Uint8Array): Pairs {
  const starts = startsOf(numbersOf(lengths));
  return { starts, firsts: summed(starts, numbersOf(gaps)) };
}

/** Probabilities as bytes; those of a list never take more than the list had, and half of what it left. */
function codesOf(starts: Uint32Array, logs: Float32Array): Uint8Array {
  const codes = Uint8Array.from(logs, codeOf);
  const total = (from: number, to: number, log: (i: number) => number) => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += Math.exp(log(i));
    return sum;
  };
  for (let c = 0; c + 1 < starts.length; c++) {
    const [from, to] = [starts[c]!, starts[c + 1]!];
    const most = (1 + total(from, to, (i) => logs[i]!)) / 2;
    while (total(from, to, (i) => logOf(codes[i]!)) > most) {
      const likeliest = codes
        .subarray(from, to)
        .reduce((least, code) => Math.min(least, code), 255);
      codes[codes.indexOf(likeliest, from)]!++;
    }
  }
  return codes;
}

const lengthsOf = (starts: Uint32Array) =>
  Array.from(starts.subarray(1), (end, c) => end - starts[c]!);

function startsOf(lengths: Uint32Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, c) => {
    starts[c + 1] = starts[c]! + length;
  });
  return starts;
}

/** Of lists that ascend: the first number of each, then one less than each step. */
function gapsOf(starts: Uint32Array, values: Uint32Array): Uint32Array {
  const gaps = values.map((value, i) => value - (values[i - 1] ?? 0) - 1);
  for (const start of starts) if (start < values.length) gaps[start] = values[start]!;
  return gaps;
}

/** The lists that gaps say. */
function summed(starts: Uint32Array, gaps: Uint32Array): Uint32Array {
  for (let c = 0; c + 1 < starts.length; c++) {
    for (let i = starts[c]! + 1; i < starts[c + 1]!; i++) gaps[i]! += gaps[i - 1]! + 1;
  }
  return gaps;
}

/** Numbers by seven bits a byte, the lowest first; the eighth bit says that more follow. */
function bytesOf(numbers: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(5 * numbers.length);
  let at = 0;
  for (let i = 0; i < numbers.length; i++) {
    let rest = numbers[i]!;
    for (; rest > 127; rest >>>= 7) bytes[at++] = rest | 128;
    bytes[at++] = rest;
  }
  return bytes.subarray(0, at);
}

function numbersOf(bytes: Uint8Array): Uint32Array {
  const numbers = new Uint32Array(bytes.length);
  let [count, shift] = [0, 0];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    numbers[count]! |= (byte & 127) << shift;
    shift = byte > 127 ? shift + 7 : 0;
    if (shift === 0) count++;
  }
  return numbers.slice(0, count);
}
