import { expect, test } from 'vitest';
import { logits, normal, Random, uniform } from '../../conformance/random';

test('the same seed gives the same numbers, another seed others', () => {
  expect(uniform(7, 100)).toEqual(uniform(7, 100));
  expect(normal(7, 100)).toEqual(normal(7, 100));
  expect(uniform(7, 100)).not.toEqual(uniform(8, 100));
});

test('neighbouring seeds are not correlated', () => {
  const n = 10_000;
  const a = uniform(1, n, -1, 1);
  const b = uniform(2, n, -1, 1);
  const dot = a.reduce((sum, v, i) => sum + v * b[i]!, 0) / n;
  expect(Math.abs(dot)).toBeLessThan(4 / 3 / Math.sqrt(n));
});

test('uniform and logits stay in their range, with its mean and deviation', () => {
  const values = logits(3, 100_000, { low: -2, high: 6 });
  let sum = 0;
  let squares = 0;
  for (const v of values) {
    sum += v;
    squares += (v - 2) ** 2;
  }
  expect(values.every((v) => v >= -2 && v < 6)).toBe(true);
  expect(sum / values.length).toBeCloseTo(2, 1);
  expect(Math.sqrt(squares / values.length)).toBeCloseTo(8 / Math.sqrt(12), 1);
});

test('normal has mean 0, deviation 1 and the tails of a normal', () => {
  const values = normal(4, 100_000);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + b * b, 0) / values.length;
  const beyondTwo = values.filter((v) => Math.abs(v) > 2).length / values.length;
  expect(mean).toBeCloseTo(0, 1);
  expect(variance).toBeCloseTo(1, 1);
  expect(beyondTwo).toBeCloseTo(0.0455, 2);
});

test('integer covers its range evenly', () => {
  const random = new Random(5);
  const counts = new Array<number>(5).fill(0);
  for (let i = 0; i < 10_000; i++) {
    counts[random.integer(5)]!++;
  }
  for (const count of counts) {
    expect(Math.abs(count - 2000)).toBeLessThan(200);
  }
});
