import { expect } from 'vitest';

/** Equal to 10⁻⁷ of the largest element, which must not be small itself. */
export function expectClose(actual: Float64Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  const largest = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  expect(largest).toBeGreaterThan(1e-3);
  const worst = actual.reduce((m, v, i) => Math.max(m, Math.abs(v - expected[i]!)), 0);
  expect(worst).toBeLessThan(1e-7 * largest);
}
