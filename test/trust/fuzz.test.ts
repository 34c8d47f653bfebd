/**
 * Bad input: generated calls of every operation, some right, some with one or two arguments spoilt.
 * What is right gives the right answer, what is not is refused in our own words before it reaches
 * the GPU; nothing hangs, nothing goes wrong where nobody waits for it.
 */
import fc from 'fast-check';
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import { atMost, count, tellCounts } from './counts';
import type * as module from './fuzz.page';
import { type FuzzCall, fuzzCalls } from './fuzz-calls';
import type * as making from './fuzz-making.page';
import type { Making } from './fuzz-making.page';
import { again, holds, replay, seed, times } from './trust';
import { within } from './watch';

const file = 'test/trust/fuzz.test.ts';
const path = '/test/trust/fuzz.page.ts';
const CALLS = times(6000, 30_000);
const MAKINGS = times(2000, 20_000);
const FLAVOURS = times(3, 12);
/** Calls in one visit to the page: fewer where many of them take a shader that is new. */
const CHUNK = times(500, 100);
tellCounts();

let page: Page;
beforeAll(async () => {
  page = await openPage();
});

const fuzz = (calls: FuzzCall[]) =>
  within(300_000, 'a visit to the page', callInPage<typeof module.fuzz>(page, path, 'fuzz', calls));

test('every operation', async () => {
  const { spoilings, liberties } = await callInPage<typeof module.namesOfChanges>(
    page,
    path,
    'namesOfChanges',
  );
  const calls = fuzzCalls(FLAVOURS, spoilings, liberties);
  /** What is wrong with one call by itself. */
  const problemOf = async (call: FuzzCall) =>
    (await fuzz([call])).problems.map(({ problem }) => problem).join('\n');
  const name = 'every operation';
  if (replay) return holds(file, name, calls, 1, problemOf);

  const generated = fc.sample(calls, { seed, numRuns: CALLS });
  const failed: number[] = [];
  const reports: string[] = [];
  let right = 0;
  let refused = 0;
  let pipelines = 0;
  for (let start = 0; start < generated.length; start += CHUNK) {
    const outcome = await fuzz(generated.slice(start, start + CHUNK));
    for (const [op, n] of Object.entries(outcome.right)) count('fuzzed, right', op, n);
    for (const [kind, n] of Object.entries(outcome.refused)) count('fuzzed, refused', kind, n);
    for (const [kind, n] of Object.entries(outcome.disliked)) count('liberties refused', kind, n);
    right += sum(outcome.right);
    refused += sum(outcome.refused) + sum(outcome.disliked);
    pipelines = outcome.pipelines;
    atMost('ULP of fuzzed calls', outcome.maxUlp);
    atMost('share of the bound of fuzzed calls', outcome.maxShare);
    for (const { index, problem } of outcome.problems) {
      const at = index < 0 ? `${start} … ${start + CHUNK - 1}` : String(start + index);
      if (index >= 0) failed.push(start + index);
      reports.push(`${problem}\n  again  ${again(file, name, at)}`);
    }
    const done = start + CHUNK;
    if (done % 3000 === 0) console.log(`fuzz: ${done} of ${CALLS}, ${reports.length} problems`);
  }
  console.log(
    `fuzz: ${right} right, ${refused} refused, of ${CALLS}; ${pipelines} kernels compiled`,
  );
  // The first failure, shrunk; if it does not fail alone, the reports say what happened together.
  if (failed.length > 0) {
    const shrunk = holds(file, name, calls, 1, problemOf, String(failed[0]));
    await shrunk.catch((error: Error) => reports.unshift(error.message));
  }
  expect(`${reports.length} problems\n${reports.slice(0, 12).join('\n\n')}`).toBe('0 problems\n');
  expect(right + refused).toBe(CALLS);
});

test('tensor and wrap', async () => {
  const makings = fc.record({
    op: fc.constantFrom('tensor' as const, 'wrap' as const),
    data: fc.nat(999),
    // The first of each list are right, and so more likely to be drawn here.
    shape: fc.oneof(fc.nat(3), fc.nat(999)),
    dtype: fc.oneof(fc.constant(0), fc.nat(999)),
    byteOffset: fc.oneof(fc.constant(0), fc.nat(999)),
    options: fc.oneof(fc.constant(0), fc.nat(999)),
    seed: fc.nat(99),
  });
  const makingPath = '/test/trust/fuzz-making.page.ts';
  const make = (some: Making[]) => callInPage<typeof making.make>(page, makingPath, 'make', some);
  const name = 'tensor and wrap';
  const problemOf = async (one: Making) => {
    const { problems, stray } = await make([one]);
    return [...problems.map(({ problem }) => problem), ...stray].join('\n');
  };
  if (replay) return holds(file, name, makings, 1, problemOf);

  const generated = fc.sample(makings, { seed, numRuns: MAKINGS });
  const reports: string[] = [];
  let right = 0;
  for (let start = 0; start < generated.length; start += CHUNK) {
    const outcome = await make(generated.slice(start, start + CHUNK));
    right += outcome.right;
    for (const { index, problem } of outcome.problems) {
      const one = JSON.stringify(generated[start + index]);
      reports.push(`${one}: ${problem}\n  again  ${again(file, name, String(start + index))}`);
    }
    reports.push(...outcome.stray);
  }
  count('fuzzed, right', name, right);
  count('fuzzed, refused', name, MAKINGS - right);
  console.log(`fuzz: ${name}: ${right} right, ${MAKINGS - right} refused`);
  expect(`${reports.length} problems\n${reports.slice(0, 12).join('\n\n')}`).toBe('0 problems\n');
  expect(right).toBeGreaterThan(MAKINGS / 20);
});

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
