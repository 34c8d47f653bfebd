/** The largest errors of a run by operation, regime and row length, kept for `docs/accuracy.md`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { browserUnderTest } from '../browser/page';
import type { Group } from '../ops/matrix.page';

/** The line of one kernel in one regime, at rows up to a length. */
export interface Accuracy extends Group {
  readonly kernel: string;
}

const found = new Map<string, Accuracy>();

/** Keeps the errors of a kernel, the larger where it was run before (contiguous and strided). */
export function keepAccuracy(kernel: string, groups: readonly Group[]): void {
  for (const group of groups) {
    const key = `${kernel} ${group.regime} ${group.upTo}`;
    const before = found.get(key);
    found.set(key, {
      ...group,
      kernel,
      maxUlp: Math.max(group.maxUlp, before?.maxUlp ?? 0),
      maxShare: Math.max(group.maxShare, before?.maxShare ?? 0),
    });
  }
}

// Registered for every test file that imports this module.
afterAll(() => {
  if (found.size === 0) return;
  mkdirSync('results/accuracy', { recursive: true });
  // Where test/accuracy-table.mjs looks for it.
  const file = `results/accuracy/${browserUnderTest().engine}.json`;
  writeFileSync(file, `${JSON.stringify([...found.values()], null, 1)}\n`);
  console.log(`the largest errors by regime and row length: ${file}`);
});
