/**
 * No bound is idle: of each part that a bound may mostly be made of, some kernel comes to a tenth.
 * Where none can, the reason stands beside it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { browserUnderTest, callInPage, sharedPage } from '../browser/page';
import type * as module from './bounds.page';

const page = await sharedPage();

/** Parts of which less than a tenth may be used, each with the reason. */
const reasons: Readonly<Record<string, string>> = {};

test('every part of every bound is come near', async () => {
  const { cases, shares, reports } = await callInPage<typeof module.shares>(
    page,
    '/test/ops/bounds.page.ts',
    'shares',
  );
  expect(reports.join('\n\n')).toBe('');
  expect(cases).toBeGreaterThan(100);
  mkdirSync('results/accuracy', { recursive: true });
  const file = `results/accuracy/bounds-${browserUnderTest().engine}.json`;
  writeFileSync(file, `${JSON.stringify(shares, null, 1)}\n`);
  // Whether what is below 2⁻¹²⁶ is flushed to zero, each adapter decides.
  const parts = shares.filter(({ term }) => term !== 'flush');
  const named = parts.map(({ op, result, precision, stored, term, share, at }) => ({
    name: `${op} ${result} ${precision} ${stored}: ${term}`,
    share,
    at,
  }));
  for (const { name, share } of named) console.log(`${share.toFixed(3)}  ${name}`);
  const low = named.filter(({ share }) => !(share >= 0.1)).map(({ name }) => name);
  expect(low.filter((name) => !(name in reasons))).toEqual([]);
  // A reason for a part that is not there is out of date.
  const names = named.map(({ name }) => name);
  expect(Object.keys(reasons).filter((name) => !names.includes(name))).toEqual([]);
});
