/** χ² of draws, and what it may be. */

/** A bin that fewer draws are expected in says nothing. */
const FEWEST = 8;

export interface ChiSquare {
  readonly chi: number;
  /** Degrees of freedom: one less than there are bins. */
  readonly freedom: number;
}

/**
 * χ² of counted draws against weights, of which neighbours share a bin until enough draws are expected in
 * it.
 *
 * @param counts of each class.
 * @param weights of each class, of any sum.
 */
export function chiSquareOf(counts: Float64Array, weights: Float64Array): ChiSquare {
  const draws = counts.reduce((a, b) => a + b, 0);
  const total = weights.reduce((a, b) => a + b, 0);
  const bins: [found: number, expected: number][] = [];
  let [found, expected] = [0, 0];
  for (const [i, weight] of weights.entries()) {
    found += counts[i]!;
    expected += (draws * weight) / total;
    if (expected < FEWEST) continue;
    bins.push([found, expected]);
    [found, expected] = [0, 0];
  }
  const last = bins.at(-1);
  if (last) bins[bins.length - 1] = [last[0] + found, last[1] + expected];
  const chi = bins.reduce((sum, [found, expected]) => sum + (found - expected) ** 2 / expected, 0);
  return { chi, freedom: Math.max(0, bins.length - 1) };
}

/** What χ² exceeds once in two million, by Wilson and Hilferty. */
export const limitOf = (freedom: number): number =>
  freedom * (1 - 2 / (9 * freedom) + 4.9 * Math.sqrt(2 / (9 * freedom))) ** 3;
