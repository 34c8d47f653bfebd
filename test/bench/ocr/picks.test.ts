import { expect, test } from 'vitest';
import { decodePicks, distance, greedyCtc } from '../../../bench/ocr/decode';
import { batchLines } from '../../../bench/ocr/lines';
import { logits } from '../../../conformance/random';
import { softmax, topK } from '../../../src/reference';

const KEYS = ['', 'a', 'b', 'c', 'd', ' '];

test('picks are read as the whole distribution is', () => {
  const shape = [4, 30, KEYS.length] as const;
  const x = { data: logits(1, 4 * 30 * KEYS.length), shape };
  const whole = greedyCtc(Float32Array.from(softmax(x).data), shape, KEYS);
  const { values, indices } = topK(x, 3, { values: 'probabilities' });
  const lines = decodePicks(Float32Array.from(values.data), indices, [4, 30, 3], KEYS);
  lines.forEach((characters, i) => {
    expect(characters.map(({ text }) => text).join('')).toBe(whole[i]!.text);
    const mean =
      characters.reduce((sum, { confidence }) => sum + confidence, 0) / characters.length;
    expect(mean).toBeCloseTo(whole[i]!.confidence, 6);
    for (const { confidence, others } of characters) {
      expect(others).toHaveLength(2);
      expect(others[0]!.probability).toBeLessThanOrEqual(confidence);
    }
  });
});

test('refuses sizes that disagree, and a step without probabilities', () => {
  const picks = () => decodePicks(new Float32Array(6), new Int32Array(6), [1, 2, 2], KEYS);
  expect(picks).toThrow('decodePicks: values: expected length 4 for shape [1, 2, 2], got 6');
  expect(() => decodePicks(Float32Array.of(NaN), new Int32Array(1), [1, 1, 1], KEYS)).toThrow(
    'decodePicks: line 0, step 0: expected probabilities, got NaN',
  );
});

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'ac', 1],
  ['abc', 'abxc', 1],
  ['kitten', 'sitting', 3],
  ['一心', '一', 1],
])('distance of %j and %j is %i', (a, b, edits) => {
  expect(distance(a, b)).toBe(edits);
});

test('a batch has Chinese and Latin lines, the same each time', () => {
  const lines = batchLines(216);
  expect(lines).toEqual(batchLines(216));
  expect(lines.filter(({ chinese }) => chinese)).toHaveLength(24);
  expect(new Set(lines.map(({ text }) => text)).size).toBeGreaterThan(140);
});
