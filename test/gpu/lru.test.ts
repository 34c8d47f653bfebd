import { expect, test } from 'vitest';
import { Lru } from '../../src/gpu/lru';

test('the entry unused for longest goes first', () => {
  const gone: string[] = [];
  const lru = new Lru<string>(2, undefined, (value) => gone.push(value));
  lru.get('a', () => 'first');
  lru.get('b', () => 'second');
  expect(lru.get('a', () => 'again')).toBe('first');
  lru.get('c', () => 'third');
  expect(gone).toEqual(['second']);
  expect(['a', 'b', 'c'].map((key) => lru.has(key))).toEqual([true, false, true]);
  expect(lru.get('b', () => 'made anew')).toBe('made anew');
  expect(gone).toEqual(['second', 'first']);
});

test('entries weigh what they say, and the newest stays whatever it weighs', () => {
  const gone: number[] = [];
  const lru = new Lru<number>(
    10,
    (weight) => weight,
    (weight) => gone.push(weight),
  );
  for (const weight of [3, 4, 2]) lru.get(`${weight}`, () => weight);
  expect(gone).toEqual([]);
  lru.get('5', () => 5);
  expect(gone).toEqual([3, 4]);
  lru.get('100', () => 100);
  expect(gone).toEqual([3, 4, 2, 5]);
  lru.get('1', () => 1);
  expect(gone).toEqual([3, 4, 2, 5, 100]);
  lru.clear();
  expect(gone).toEqual([3, 4, 2, 5, 100, 1]);
  expect(lru.has('1')).toBe(false);
});

test('what could not be made is not kept', () => {
  const lru = new Lru<number>(2);
  expect(() =>
    lru.get('a', () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(lru.get('a', () => 7)).toBe(7);
});
