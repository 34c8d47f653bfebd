/** What the cases of a test came to: printed, counted, and failed with the reports of the failures. */
import { afterAll, expect } from 'vitest';
import type { Summary } from '../ops/matrix.page';

const totals = { cases: 0, elements: 0 };

export function check(name: string, summary: Summary): void {
  totals.cases += summary.cases;
  totals.elements += summary.elements;
  console.log(
    `${name}: ${summary.cases} cases, ${summary.maxUlp.toFixed(2)} ULP and ${summary.maxShare.toFixed(3)} × the bound at most, at ${summary.worst}`,
  );
  expect(summary.reports.join('\n\n')).toBe('');
  expect(summary.cases).toBeGreaterThan(0);
}

afterAll(() => console.log(`matrix: ${totals.cases} cases, ${totals.elements} elements compared`));
