import { expect, test } from 'vitest';
import { Lru } from '../../src/gpu/lru';

test('the entry unused for longest goes first', () => {
  const gone: string[] = [];
  const lru = new Lru<string>(2, undefined, (value) => gone.push(value));
  expect(lru.get('a')).toBeUndefined();
  expect(lru.add('a', 'first')).toBe('first');
  lru.add('b', 'second');
  expect(lru.get('a')).toBe('first');
  lru.add('c', 'third');
  expect(gone).toEqual(['second']);
  expect(['a', 'b', 'c'].map((key) => lru.has(key))).toEqual([true, false, true]);
  lru.add('b', 'made anew');
  expect(lru.get('b')).toBe('made anew');
  expect(gone).toEqual(['second', 'first']);
});

test('entries weigh what they say, and the newest stays whatever it weighs', () => {
  const gone: number[] = [];
  const lru = new Lru<number>(
    10,
    (weight) => weight,
    (weight) => gone.push(weight),
  );
  for (const weight of [3, 4, 2]) lru.add(`${weight}`, weight);
  expect(gone).toEqual([]);
  lru.add('5', 5);
  expect(gone).toEqual([3, 4]);
  lru.add('100', 100);
  expect(gone).toEqual([3, 4, 2, 5]);
  lru.add('1', 1);
  expect(gone).toEqual([3, 4, 2, 5, 100]);
  lru.clear();
  expect(gone).toEqual([3, 4, 2, 5, 100, 1]);
  expect(lru.has('1')).toBe(false);
});
