import { describe, expect, test } from 'vitest';
import { compare, describeFailure } from '../../conformance/compare';
import { logits, normal } from '../../conformance/random';
import { type Reference, softmax, softmaxVjp } from '../../src/reference';

const reference = (data: number[], bound: number[]): Reference => ({
  data: Float64Array.from(data),
  shape: [data.length],
  bound: Float64Array.from(bound),
});

describe('compare', () => {
  const x = { data: logits(1, 7 * 1000), shape: [7, 1000] };
  const y = softmax(x);

  test('the exact values rounded to f32 pass, within half an ULP', () => {
    const result = compare(Float32Array.from(y.data), y);
    expect(result).toMatchObject({ ok: true, count: 7000, failures: 0, lastFailure: -1 });
    expect(result.maxUlp).toBeLessThanOrEqual(0.5);
    expect(result.maxShare).toBeGreaterThan(0);
    expect(result.maxShare).toBeLessThan(0.06);
  });

  test('zeros fail everywhere', () => {
    const result = compare(new Float32Array(7000), y);
    expect(result.ok).toBe(false);
    expect(result.failures).toBe(7000);
    expect(result.firstFailures).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const dx = softmaxVjp({ data: Float32Array.from(y.data), shape: y.shape }, x);
    expect(compare(new Float32Array(7000), dx).failures).toBeGreaterThan(6990);
  });

  test('one element just beyond its bound fails alone; just within it passes', () => {
    const actual = Float32Array.from(y.data);
    actual[1234] = y.data[1234]! + 1.01 * y.bound[1234]!;
    const beyond = compare(actual, y);
    expect(beyond).toMatchObject({ ok: false, failures: 1, worst: 1234, lastFailure: 1234 });
    expect(beyond.firstFailures).toEqual([1234]);
    expect(beyond.maxShare).toBeCloseTo(1.01, 1);
    actual[1234] = y.data[1234]! + 0.95 * y.bound[1234]!;
    expect(compare(actual, y)).toMatchObject({ ok: true, worst: 1234 });
  });

  test('special values are met exactly or not at all', () => {
    const special = reference([NaN, Infinity, -Infinity], [0, 0, 0]);
    expect(compare(Float32Array.of(NaN, Infinity, -Infinity), special).ok).toBe(true);
    const wrong: [number, number, number][] = [
      [1, Infinity, -Infinity],
      [NaN, 3e38, -Infinity],
      [NaN, Infinity, Infinity],
      [Infinity, Infinity, -Infinity],
      [NaN, NaN, -Infinity],
    ];
    for (const values of wrong) {
      expect(compare(Float32Array.from(values), special).failures).toBe(1);
    }
  });

  test('NaN or an infinity where a finite value belongs fails, whatever the bound', () => {
    const one = reference([1], [0.5]);
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(compare(Float32Array.of(value), one)).toMatchObject({ ok: false, maxUlp: Infinity });
    }
    expect(compare(Float32Array.of(1), reference([1], [NaN])).ok).toBe(true);
    expect(compare(Float32Array.of(1.5), reference([1], [NaN])).ok).toBe(false);
  });

  test('minus zero is zero', () => {
    expect(compare(Float32Array.of(-0, 0), reference([0, -0], [0, 0])).ok).toBe(true);
  });

  test('a subnormal may flush to zero, a normal value may not', () => {
    const p = softmax({ data: [0, -87, -95], shape: [3] });
    expect(p.data[1]!).toBeGreaterThan(2 ** -126);
    expect(p.data[2]!).toBeLessThan(2 ** -126);
    const flushed = compare(Float32Array.of(1, p.data[1]!, 0), p);
    expect(flushed.ok).toBe(true);
    expect(flushed.maxShare).toBeLessThan(0.1);
    expect(compare(Float32Array.of(1, 0, 0), p).firstFailures).toEqual([1]);
  });

  test('a different length is an error', () => {
    expect(() => compare(new Float32Array(6999), y)).toThrow(
      'compare: actual: expected length 7000, got 6999',
    );
  });
});

describe('describeFailure', () => {
  const context = {
    variant: 'row-per-invocation',
    label: 'softmax axis 1',
    shape: [2, 3, 2],
    seed: 42,
    rerun: 'npm test -- --case 17',
    classAxis: 1,
  };

  test('names the case and lists the failures in an aligned table', () => {
    const y = softmax({ data: normal(42, 12), shape: [2, 3, 2] }, { axis: 1 });
    const actual = Float32Array.from(y.data);
    actual[3] = 0.5;
    actual[10] = NaN;
    const text = describeFailure(context, actual, y, compare(actual, y));
    const lines = text.split('\n');
    expect(lines[0]).toBe('softmax axis 1: 2 of 12 elements beyond their bound');
    for (const part of ['row-per-invocation', '[2, 3, 2]', '42', 'npm test -- --case 17']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('index 3 … 10');
    const table = lines.slice(-3);
    expect(new Set(table.map((line) => line.length)).size).toBe(1);
    // Element 3 of [2, 3, 2]: outer 0, class 1, inner 1; element 10: outer 1, class 2, inner 0.
    expect(table[1]!.trim().split(/\s+/).slice(0, 4)).toEqual(['3', '1', '1', '5.00000000e-1']);
    expect(table[2]!.trim().split(/\s+/).slice(0, 4)).toEqual(['10', '2', '2', 'NaN']);
  });

  test('a result per row has no class', () => {
    const expected = reference([1, NaN], [1e-7, 0]);
    const actual = Float32Array.of(2, 0);
    const text = describeFailure(
      { ...context, classAxis: undefined },
      actual,
      expected,
      compare(actual, expected),
    );
    const table = text.split('\n').slice(-2);
    expect(table[0]!.trim().split(/\s+/).slice(0, 3)).toEqual(['0', '0', '-']);
    expect(table[1]!.trim().split(/\s+/)).toEqual(['1', '1', '-', '0', 'NaN', 'kind', 'exact']);
  });
});
