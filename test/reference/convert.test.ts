import { describe, expect, test } from 'vitest';
import { compare } from '../../conformance/compare';
import { logits } from '../../conformance/random';
import { fromHalves, halfBits, toHalves } from '../../src/gpu/half';
import { convert, logSoftmax, softmax } from '../../src/reference';

const round = (data: ArrayLike<number>) => fromHalves(toHalves(data).subarray(0, data.length));

describe('the bound of an f16 result', () => {
  const x = { data: logits(1, 7 * 1000), shape: [7, 1000] };

  test.each([
    ['softmax', softmax(x)],
    ['logSoftmax', logSoftmax(x)],
  ])('%s: admits the nearest f16, and none two steps away', (_, exact) => {
    const half = convert(exact, 'f16');
    const nearest = round(exact.data);
    const result = compare(nearest, half);
    expect(result.ok).toBe(true);
    expect(result.maxShare).toBeGreaterThan(0.4);
    expect(result.maxShare).toBeLessThanOrEqual(0.5);
    const away = toHalves(exact.data).map((bits) => bits + 2);
    expect(compare(fromHalves(away), half).failures).toBe(7000);
  });

  test('is an absolute 2⁻²⁴ below 2⁻¹⁴', () => {
    const data = Float64Array.of(2 ** -15, 2 ** -30);
    const half = convert({ data, shape: [2], bound: Float64Array.of(0, 0) }, 'f16');
    expect([...half.bound]).toEqual([2 ** -24, 2 ** -24]);
  });

  test('what rounds to 65 520 or more is infinite, and NaN stays NaN', () => {
    const data = Float64Array.of(65519, 65520, 70_000, -1e30, Number.NaN, -Infinity);
    const half = convert({ data, shape: [6], bound: new Float64Array(6) }, 'f16');
    expect([...half.data]).toEqual([65519, Infinity, Infinity, -Infinity, Number.NaN, -Infinity]);
    expect([...half.bound]).toEqual([32, 0, 0, 0, 0, 0]);
  });
});

describe('f16 on the host', () => {
  test('every pattern comes back', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    const back = toHalves(fromHalves(all));
    const isNan = (bits: number) => (bits & 0x7fff) > 0x7c00;
    expect(back.findIndex((bits, i) => bits !== all[i] && !isNan(all[i]!))).toBe(-1);
    expect(all.every((bits, i) => !isNan(bits) || isNan(back[i]!))).toBe(true);
  });

  test('rounds once, from float64, ties to even', () => {
    const one = 2 ** -10;
    expect(halfBits(1 + one / 2)).toBe(0x3c00);
    expect(halfBits(1 + (3 * one) / 2)).toBe(0x3c02);
    // f32 would round this to the tie, and that to even.
    expect(halfBits(1 + one / 2 + 2 ** -40)).toBe(0x3c01);
    expect(halfBits(2 ** -25)).toBe(0);
    expect(halfBits(-(2 ** -24))).toBe(0x8001);
    expect(halfBits(65519.999)).toBe(0x7bff);
    expect(halfBits(-65520)).toBe(0xfc00);
    expect(halfBits(70_000)).toBe(0x7c00);
  });
});
