/** What the cases of a test came to: printed, counted, and failed with the reports of the failures. */
import { afterAll, expect } from 'vitest';
import type { Summary } from '../ops/matrix.page';
import { atMost, count, tellCounts } from '../trust/counts';

const totals = { cases: 0, elements: 0 };

export function check(name: string, summary: Summary): void {
  totals.cases += summary.cases;
  totals.elements += summary.elements;
  for (const [op, { cases, maxUlp, maxShare }] of Object.entries(summary.byOp)) {
    count('cases', op, cases);
    // Where terms cancel, a ULP of the result says nothing, and the share of the bound all.
    if (/softmax$|logSoftmax$|logSumExp$/i.test(op)) atMost(`ULP of ${op}`, maxUlp);
    atMost(`share of the bound of ${op}`, maxShare);
  }
  console.log(
    `${name}: ${summary.cases} cases, ${summary.maxUlp.toFixed(2)} ULP and ${summary.maxShare.toFixed(3)} × the bound at most, at ${summary.worst}`,
  );
  expect(summary.reports.join('\n\n')).toBe('');
  expect(summary.cases).toBeGreaterThan(0);
}

afterAll(() => console.log(`matrix: ${totals.cases} cases, ${totals.elements} elements compared`));

tellCounts();
