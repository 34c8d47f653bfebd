import { describe, expect, test } from 'vitest';
import { logits, Random } from '../../conformance/random';
import { argmax, philox, sample, softmax, topK } from '../../src/reference';

/** The known answers of Random123, the library of Philox's authors. */
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)('philox(%j, %j)', (counter, key, words) => {
  expect(philox(counter, key)).toEqual(words);
});

describe('topK', () => {
  test('largest first, equals in order, NaN above all, −∞ as an element', () => {
    const row = [1, -Infinity, 3, NaN, 3, -0, 0, Infinity];
    const { values, indices } = topK({ data: row, shape: [8] }, 8);
    expect(Array.from(indices)).toEqual([3, 7, 2, 4, 0, 5, 6, 1]);
    expect(values.data[0]).toBeNaN();
    expect(Array.from(values.data.slice(1, 4))).toEqual([Infinity, 3, 3]);
    expect(values.data[7]).toBe(-Infinity);
  });

  test('values are those of softmax at the indices, along any axis', () => {
    const x = { data: logits(3, 2 * 7 * 3), shape: [2, 7, 3] };
    const p = softmax(x, { axis: 1, scale: 0.7 });
    const found = topK(x, 4, { axis: 1, scale: 0.7, values: 'probabilities' });
    expect(found.values.shape).toEqual([2, 4, 3]);
    found.indices.forEach((index, at) => {
      const [outer, inner] = [Math.floor(at / 12), at % 3];
      expect(found.values.data[at]).toBe(p.data[outer * 21 + index * 3 + inner]);
    });
  });

  test('argmax is the first of them', () => {
    const x = { data: logits(4, 5 * 9), shape: [5, 9] };
    expect(argmax(x)).toEqual(topK(x, 1).indices);
  });

  test('refuses k over the length', () => {
    expect(() => topK({ data: [1, 2], shape: [2] }, 3)).toThrow('topK: k 3 is out of range [1, 2]');
  });
});

describe('sample', () => {
  // Rows of one block, of blocks, and of chunks.
  test.each([10, 300, 9000])('draws as softmax says, of %i', (length) => {
    const x = { data: logits(5, length, { low: -2, high: 2 }), shape: [1, length] };
    const draws = 40_000;
    const { indices } = sample(x, { seed: 7, draws });
    const bins = 10;
    const binOf = (i: number) => Math.floor((i * bins) / length);
    const expected = new Float64Array(bins);
    softmax(x).data.forEach((p, i) => {
      expected[binOf(i)]! += draws * p;
    });
    const found = new Float64Array(bins);
    for (const index of indices) found[binOf(index)]!++;
    const chi = expected.reduce((sum, e, b) => sum + (found[b]! - e) ** 2 / e, 0);
    // One in a hundred thousand with 9 degrees of freedom.
    expect(chi).toBeLessThan(40);
  });

  test('a row draws by its own number', () => {
    const x = { data: logits(6, 6 * 200), shape: [6, 200] };
    const all = sample(x, { seed: 2 ** 40 + 5, draws: 3 }).indices;
    const last = { data: x.data.subarray(800), shape: [2, 200] };
    const part = sample(last, { seed: 2 ** 40 + 5, draws: 3, rowOffset: 4 });
    expect(part.indices).toEqual(all.subarray(12));
  });

  test('temperature 0 takes the maximum, topK draws among the largest', () => {
    const x = { data: logits(8, 50 * 70), shape: [50, 70] };
    expect(sample(x, { seed: 1, temperature: 0 }).indices).toEqual(argmax(x));
    const { indices } = sample(x, { seed: 1, topK: 3, temperature: 5 });
    const best = topK(x, 3).indices;
    indices.forEach((index, r) => {
      expect(best.subarray(3 * r, 3 * r + 3)).toContain(index);
    });
    expect(new Set(indices.map((index, r) => best.indexOf(index, 3 * r) - 3 * r)).size).toBe(3);
  });

  test('a row without a distribution draws −1, and nothing draws a −∞', () => {
    const rows = [
      [1, NaN, 2],
      [1, Infinity, 2],
      [-Infinity, -Infinity, -Infinity],
    ];
    for (const row of rows) {
      expect(sample({ data: row, shape: [3] }, { seed: 1 }).indices[0]).toBe(-1);
    }
    const random = new Random(1);
    const data = Float32Array.from({ length: 500 }, () => (random.uniform() < 0.5 ? -Infinity : 0));
    const { indices } = sample({ data, shape: [500] }, { seed: 3, draws: 5000 });
    expect(indices.every((i) => data[i] === 0)).toBe(true);
  });
});
