/**
 * With `encoder` or `pass` an operation records instead of submitting: the same bits whenever it is
 * submitted, no effect if it never is. And a repeated call makes no GPU object.
 */
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './recording.page';

const path = '/test/ops/recording.page.ts';

let page: Page;
beforeAll(async () => {
  page = await sharedPage();
});

test.each(['encoder', 'pass'] as const)('all operations in one %s', async (how) => {
  const { count, problems } = await callInPage<typeof module.recordedTogether>(
    page,
    path,
    'recordedTogether',
    how,
  );
  expect(problems).toEqual([]);
  expect(count).toBe(55);
});

test('a chain of operations, recorded twice with different options before it is submitted', async () => {
  expect(await callInPage<typeof module.chain>(page, path, 'chain')).toEqual([]);
});

test('two encoders recorded by turns, submitted in the other order', async () => {
  expect(await callInPage<typeof module.interleaved>(page, path, 'interleaved')).toEqual([]);
});

test('commands that are never submitted, or when the engine is gone', async () => {
  expect(await callInPage<typeof module.afterwards>(page, path, 'afterwards')).toEqual([]);
});

test('work that cannot be recorded is refused, and leaves the encoder alone', async () => {
  expect(await callInPage<typeof module.refused>(page, path, 'refused')).toEqual({
    long: expect.stringMatching(
      /^RangeError: softmax: \d+ elements of work need several submissions on this device \(33554432 at a time\), which cannot be recorded; call without encoder and pass, or with fewer rows at a time$/,
    ),
    copy: expect.stringMatching(
      /^Error: logSumExp: pass is open, and this takes a copy \(.*\); give an encoder instead$/,
    ),
    copied: 'nothing',
    right: true,
  });
});

test('a repeated call makes no GPU object', async () => {
  const { calls, made } = await callInPage<typeof module.objectsMade>(page, path, 'objectsMade');
  expect(made).toEqual({ 'counted: createBuffer': 1 });
  expect(calls).toBe(55);
});
