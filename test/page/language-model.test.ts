/** The language model of the tab Write, beside the model that it was made from. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../page/write/model/file';
import { type NGrams, placeOf } from '../../page/write/model/n-grams';
import { prune } from '../../page/write/model/prune';
import { writeRow } from '../../page/write/model/rows';
import source from './language-model.json';

const at = (path: string) => new URL(path, import.meta.url);

const rowAfter = (model: NGrams, first: number | undefined, second: number | undefined) => {
  const row = new Float32Array(model.words.length);
  writeRow(model, [first, second], row);
  return row;
};
const sumOf = (row: Float32Array) => row.reduce((sum, log) => sum + Math.exp(log), 0);

describe('the model that the page carries', () => {
  const packed = readFileSync(at('../../page/write/model/en-us.trigrams'));
  const model = decode(gunzipSync(packed));
  const numberOf = new Map(model.words.map((word, number) => [word, number]));

  test('takes at most 6 MB, and knows every word once', () => {
    expect(packed.length).toBeLessThan(6e6);
    expect(model.words).toHaveLength(72_547);
    expect(numberOf.size).toBe(72_547);
  });

  test('gives the log-probability of every word, and they sum to 1', () => {
    // The start of a sentence is never predicted.
    const start = numberOf.get('<s>')!;
    const random = [...Array(40).keys()].map((i) => [(7919 * i) % 72_547, (i * i * i) % 72_547]);
    const frequent = [...Array(40).keys()].map((i) => [i % 7, i % 11]);
    const odd = [undefined, 40_000].map((word) => [undefined, word]);
    for (const [first, second] of [...random, ...frequent, ...odd]) {
      const row = rowAfter(model, first, second);
      expect(Math.max(...row)).toBeLessThan(0);
      expect(Math.min(...row.with(start, 0)), `${first} ${second}`).toBeGreaterThan(-50);
      expect(Math.abs(sumOf(row) - 1), `${first} ${second}`).toBeLessThan(1e-6);
    }
  });

  test.each(source)('after “$before” says nearly what its source does', ({ before, words }) => {
    const [first, second] = before.split(' ').map((word) => numberOf.get(word)!);
    const row = rowAfter(model, first, second);
    const { starts, firsts } = model.pairs;
    const pair = placeOf(firsts, starts[second!]!, starts[second! + 1]!, first!);
    const { trigrams } = model;
    let listed = 0;
    for (const [word, log] of Object.entries(words)) {
      const number = numberOf.get(word)!;
      const [from, to] =
        pair === undefined ? [0, 0] : [pair, pair + 1].map((p) => trigrams.starts[p]!);
      if (placeOf(trigrams.words, from!, to!, number) === undefined) continue;
      listed++;
      // Half a step of the byte that it is kept in, at most: 17 (c / 255)², at c + ½; and the f32.
      const code = 255 * Math.sqrt(-log / 17);
      expect(Math.abs(row[number]! - log), word).toBeLessThan(
        (17 * (code + 0.25)) / 255 ** 2 + 1e-4,
      );
    }
    if (pair !== undefined) expect(listed).toBeGreaterThan(0);
  });
});

describe('a small model', () => {
  const list = (starts: number[], words: number[], p: number[]) => ({
    starts: Uint32Array.from(starts),
    words: Uint32Array.from(words),
    logs: Float32Array.from(p, Math.log),
  });
  const model: NGrams = {
    words: ['a', 'b', '<s>', '</s>'],
    unigrams: Float32Array.from([0.4, 0.3, 0.2, 0.1], Math.log),
    bigrams: list([0, 2, 3, 3, 3], [0, 1, 3], [0.1, 0.8, 0.5]),
    pairs: { starts: Uint32Array.of(0, 1, 1, 1, 1), firsts: Uint32Array.of(1) },
    trigrams: list([0, 1], [1], [0.6]),
  };
  const probabilities = (of: NGrams, first: number | undefined, second: number | undefined) =>
    Array.from(rowAfter(of, first, second), Math.exp);
  const expectNear = (row: number[], p: number[], error: number) => {
    for (const [k, value] of p.entries()) expect(Math.abs(row[k]! / value - 1)).toBeLessThan(error);
  };
  /** After a: 0.1 is left for <s> and </s>, as 2 to 1. After b and a: 0.4 for all but b. */
  const afterA = [0.1, 0.8, 0.2 / 3, 0.1 / 3];
  const afterBA = [0.1, 0.2 / 3, 0.1 / 3].map((p) => (p / 0.2) * 0.4);

  test('backs off to shorter contexts', () => {
    expectNear(probabilities(model, undefined, undefined), [0.4, 0.3, 0.2, 0.1], 1e-6);
    expectNear(probabilities(model, undefined, 0), afterA, 1e-6);
    expectNear(probabilities(model, 0, 0), afterA, 1e-6);
    expectNear(probabilities(model, 1, 0), [afterBA[0]!, 0.6, ...afterBA.slice(1)], 1e-6);
  });

  test('comes back from its file, within the steps of its bytes', () => {
    const read = decode(encode(model));
    expect(read.words).toEqual(model.words);
    for (const name of ['bigrams', 'trigrams'] as const) {
      expect(read[name].starts).toEqual(model[name].starts);
      expect(read[name].words).toEqual(model[name].words);
    }
    expect(read.pairs).toEqual(model.pairs);
    expectNear(probabilities(read, undefined, undefined), [0.4, 0.3, 0.2, 0.1], 1 / 4096);
    expectNear(probabilities(read, 1, 0), [afterBA[0]!, 0.6, ...afterBA.slice(1)], 0.05);
    expect(Math.abs(sumOf(rowAfter(read, 1, 0)) - 1)).toBeLessThan(1e-6);
  });

  test('is never given lists that take all there is', () => {
    const certain = { ...model, bigrams: list([0, 1, 1, 1, 1], [1], [0.9999]) };
    const row = rowAfter(decode(encode(certain)), undefined, 0);
    expect(row.every((log) => log > -30)).toBe(true);
    expect(Math.abs(sumOf(row) - 1)).toBeLessThan(1e-6);
  });

  test('loses what is worth less than a threshold, and stays a model', () => {
    expect(prune(model, 0)).toEqual(model);
    const bare = prune(model, 1);
    expect(bare.bigrams.words).toHaveLength(0);
    expect(bare.pairs).toEqual({ starts: new Uint32Array(5), firsts: new Uint32Array(0) });
    expectNear(probabilities(bare, 1, 0), [0.4, 0.3, 0.2, 0.1], 1e-6);
    // By the formula: 0.124 nats for b after a, 0.153 for </s> after b, 0.0007 for a after a.
    const kept = (threshold: number) => [
      ...prune({ ...model, pairs: bare.pairs, trigrams: bare.trigrams }, threshold).bigrams.words,
    ];
    expect(kept(0.0005)).toEqual([0, 1, 3]);
    expect(kept(0.12)).toEqual([1, 3]);
    expect(kept(0.15)).toEqual([3]);
  });

  test('a file that is none, or is cut off, is refused', () => {
    const file = encode(model);
    expect(() => decode(new Uint8Array(100))).toThrow('this is no language model');
    expect(() => decode(file.subarray(0, -1))).toThrow(
      `the language model should have ${file.length} bytes, and has ${file.length - 1}`,
    );
  });
});
