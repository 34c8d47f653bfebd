import { describe, expect, test } from 'vitest';
import { logits } from '../../conformance/random';
import { type CutoffOptions, cutoff } from '../../src/reference/cutoff';

/** How many of one row are kept. */
const keptOf = (row: readonly number[], options: CutoffOptions) =>
  cutoff({ data: row, shape: [row.length] }, options).kept[0];

const equals = new Array<number>(8).fill(3);
const logs = [0.4, 0.3, 0.3, 0].map(Math.log);

test.each<[CutoffOptions, readonly number[], number]>([
  // What others' samplers got wrong: a sum of exactly p, a p whose 1 − p is 1, equals past k.
  [{ topP: 0.5 }, equals, 4],
  [{ topP: 0.51 }, equals, 5],
  [{ topP: 1e-8 }, equals, 1],
  [{ topP: 1 - 2 ** -24 }, equals, 8],
  [{ topP: 1e-46 }, equals, 1],
  [{ topP: 1 }, equals, 8],
  [{ minP: 1 }, equals, 8],
  [{ minP: 1 }, [1, 5, 5, 2], 2],
  [{ minP: 0 }, logs, 3],
  [{ topK: 2 }, logs, 2],
  [{ topK: 4 }, logs, 3],
  [{ topK: 1, topP: 0.8 }, logs, 1],
  [{ topP: 0.4 }, [0, 0, 0, -Infinity], 2],
  [{ topP: 0.1, minKeep: 3 }, [1, 2, 3, 4], 3],
  [{ minP: 1, minKeep: 4 }, logs, 3],
  [{}, [-Infinity, -Infinity], 0],
  [{ topK: 1 }, [1, NaN], 0],
  [{ topP: 0.5 }, [1, Infinity], 0],
  // minP before topP changes the total that topP looks at.
  [{ topP: 0.5, minP: 0.45 }, [0.4, 0.2, 0.2, 0.1, 0.1].map(Math.log), 2],
  [
    { topP: 0.5, minP: 0.45, order: ['minP', 'topK', 'topP'] },
    [0.4, 0.2, 0.2, 0.1, 0.1].map(Math.log),
    1,
  ],
  // Probabilities at another temperature than the draw's: e^−1 of the largest, or its root.
  [{ minP: 0.5 }, [0, -1, -3], 1],
  [{ minP: 0.5, filterTemperature: 2 }, [0, -1, -3], 2],
  [{ minP: 0.5, temperature: 2 }, [0, -1, -3], 2],
  [{ minP: 0.5, temperature: 2, filterTemperature: 1 }, [0, -1, -3], 1],
])('%j of %j keeps %i', (options, row, kept) => {
  expect(keptOf(row, options)).toBe(kept);
});

test('the threshold is the smallest that is kept, and NaN where nothing is', () => {
  const x = { data: [3, 1, 2, NaN, 1, 2], shape: [2, 3] };
  expect(cutoff(x, { topK: 2 })).toEqual({
    kept: Int32Array.of(2, 0),
    threshold: Float64Array.of(2, NaN),
    margins: Float64Array.of(1, 1),
  });
});

test('what is kept has a share of p, and one element less has not', () => {
  const length = 5000;
  const data = logits(5, length, { low: -12, high: 4 });
  const sorted = Array.from(data, (z) => Math.exp(z)).sort((a, b) => b - a);
  const total = sorted.reduce((a, b) => a + b);
  for (const topP of [0.01, 0.3, 0.9, 0.999]) {
    const { kept, margins } = cutoff({ data, shape: [length] }, { topP });
    const share = (n: number) => sorted.slice(0, n).reduce((a, b) => a + b, 0) / total;
    const p = Math.fround(topP);
    expect(share(kept[0]!)).toBeGreaterThanOrEqual(p);
    expect(share(kept[0]! - 1)).toBeLessThan(p);
    const near = Math.min(share(kept[0]!) - p, p - share(kept[0]! - 1));
    expect(margins[0]).toBeCloseTo(near, 12);
  }
});

describe('refuses', () => {
  const x = { data: [1, 2, 3], shape: [3] };
  test.each<[CutoffOptions, string]>([
    [{ topK: 0 }, 'topK 0 is out of range [1, 3]'],
    [{ topK: 4 }, 'topK 4 is out of range [1, 3]'],
    [{ topP: 0 }, 'topP: expected a number in (0, 1], got 0'],
    [{ topP: 1.5 }, 'topP: expected a number in (0, 1], got 1.5'],
    [{ topP: NaN }, 'topP: expected a number in (0, 1], got NaN'],
    [{ minP: -0.1 }, 'minP -0.1 is out of range [0, 1]'],
    [{ minP: 1.1 }, 'minP 1.1 is out of range [0, 1]'],
    [{ minKeep: 0 }, 'minKeep 0 is out of range [1, 3]'],
    [
      { filterTemperature: 0 },
      'filterTemperature: expected a finite f32 > 0 whose inverse is one too, got 0',
    ],
    [
      { order: ['topK', 'topP', 'topP'] },
      "order: expected 'topK', 'topP' and 'minP', each once, got [topK, topP, topP]",
    ],
  ])('%j', (options, message) => {
    expect(() => cutoff(x, options)).toThrow(`cutoff: ${message}`);
  });
});
