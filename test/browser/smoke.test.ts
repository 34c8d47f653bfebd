import { expect, test } from 'vitest';
import { browserUnderTest, callInPage, openPage } from './page';
import type { double } from './smoke.page';

test('a page of the served project runs a compute shader', async () => {
  const page = await openPage();
  const values = Array.from({ length: 100 }, (_, i) => i - 50.5);
  const doubled = await callInPage<typeof double>(
    page,
    '/test/browser/smoke.page.ts',
    'double',
    values,
  );
  expect(doubled).toEqual(values.map((value) => 2 * value));
});

test('the page is cross-origin isolated on 127.0.0.1', async () => {
  const page = await openPage();
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  expect(browserUnderTest().url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});
