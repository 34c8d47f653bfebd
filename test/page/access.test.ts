/** What axe finds of the page, tab by tab: nothing serious, in any light and on any screen. */
import axe from 'axe-core';
import type { Page } from 'puppeteer';
import { beforeAll, expect, test } from 'vitest';
import { packResults } from '../../page/benchmark/share';
import { browserUnderTest, openPage } from '../browser/page';
import { results } from './some-results';

let page: Page;
beforeAll(async () => {
  page = await openPage(`/#benchmark/${await packResults(results)}`);
  await page.waitForSelector('#peers');
  for (const details of await page.$$('details > summary')) await details.click();
});

/** What is wrong, one line an element. */
async function problems(): Promise<string[]> {
  await page.evaluate(`if (!window.axe) { ${axe.source} }`);
  const { violations } = (await page.evaluate(`axe.run()`)) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

test.each(['light', 'dark'])('results can be read by anyone, %s', async (scheme) => {
  // Puppeteer cannot tell Firefox.
  if (browserUnderTest().engine === 'chromium') {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  }
  expect(await problems()).toEqual([]);
});

/** What is there of a tab once it is made. */
const made: Record<string, string> = {
  glance: '#glance:not([hidden])',
  explore: '#result-softmax',
  verify: '#verify:not([hidden])',
  train: '#train .toolbar',
  ocr: '#ocr-run',
  write: '#write-run',
};

test.each(Object.keys(made))('%s can be used by anyone, on a phone', async (tab) => {
  await page.setViewport({ width: 390, height: 844 });
  await page.locator(`nav a[href="#${tab}"]`).click();
  await page.waitForSelector(made[tab]!);
  expect(await problems()).toEqual([]);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(tooWide).toBe(false);
});
