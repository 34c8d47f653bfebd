/**
 * `npm run docs:page`: the page as pictures, for the README: after a run of the benchmark on a desktop
 * and on a phone, light and dark, and what else there is to see. `-- QUERY` is the address's query, such as
 * `shapes=rows&peers=jax-js`.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer';
import { launchBrowser } from '../browser/launch';
import { serve } from '../browser/serve';

const FOLDER = fileURLToPath(new URL('../../docs/', import.meta.url));
/** Small enough for a software adapter to be done in a minute or two. */
const QUERY =
  'ops=softmax,softmaxVjp&shapes=26214x10,4096x64,1024x256,262x1000,64x4096,8x32768&peers=jax-js';
/** A run on a software adapter takes minutes. */
const PATIENCE_MS = 20 * 60_000;
/** For a curve that shows how it learns. */
const LEARN_MS = 10_000;

const screens = {
  desktop: { width: 1200, height: 900 },
  phone: { width: 390, height: 844, deviceScaleFactor: 2 },
} as const;

interface Picture {
  /** Its name in docs/. */
  readonly file: string;
  readonly tab: keyof typeof ready;
  readonly screen: keyof typeof screens;
  readonly scheme: 'light' | 'dark';
}

/** What is there when a tab has been made, and has something to show. */
const ready = {
  glance: '#glance:not([hidden])',
  benchmark: '#roofline canvas',
  explore: '#result-softmax',
  verify: '#verify[data-state="good"]',
  train: '.confusion',
  ocr: '#ocr .ocr-text *',
  write: '#write-candidates table',
};
/** The button that brings that about. */
const starts: Partial<Record<keyof typeof ready, string>> = {
  verify: '#run',
  train: '[data-action="toggle"]',
  ocr: '#ocr-read',
  write: '#write-run',
};

const pictures: readonly Picture[] = [
  { file: 'page', tab: 'benchmark', screen: 'desktop', scheme: 'light' },
  { file: 'page-dark', tab: 'benchmark', screen: 'desktop', scheme: 'dark' },
  { file: 'page-phone', tab: 'benchmark', screen: 'phone', scheme: 'light' },
  { file: 'page-phone-dark', tab: 'benchmark', screen: 'phone', scheme: 'dark' },
  { file: 'page-glance', tab: 'glance', screen: 'desktop', scheme: 'light' },
  { file: 'page-explore', tab: 'explore', screen: 'desktop', scheme: 'light' },
  { file: 'page-explore-phone-dark', tab: 'explore', screen: 'phone', scheme: 'dark' },
  { file: 'page-verify', tab: 'verify', screen: 'desktop', scheme: 'light' },
  { file: 'page-train', tab: 'train', screen: 'desktop', scheme: 'light' },
  { file: 'page-train-phone-dark', tab: 'train', screen: 'phone', scheme: 'dark' },
  { file: 'page-ocr', tab: 'ocr', screen: 'desktop', scheme: 'light' },
  { file: 'page-ocr-phone-dark', tab: 'ocr', screen: 'phone', scheme: 'dark' },
  { file: 'page-write', tab: 'write', screen: 'desktop', scheme: 'light' },
  { file: 'page-write-phone-dark', tab: 'write', screen: 'phone', scheme: 'dark' },
];

export async function main([query = QUERY, folder = FOLDER]: readonly string[]): Promise<void> {
  const server = await serve();
  const { browser, close } = await launchBrowser({ engine: 'chromium' });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(String(error)));
    await page.setViewport(screens.desktop);
    await page.goto(`${server.url}/?verify=quick&${query}#benchmark`);
    await page.locator('#bench-run').click();
    await page.waitForSelector('#benchmark:is([data-state="good"], [data-state="bad"])', {
      timeout: PATIENCE_MS,
    });
    for (const { file, tab, screen, scheme } of pictures) {
      await page.setViewport(screens[screen]);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await show(page, tab);
      await page.screenshot({ path: `${folder}${file}.png`, fullPage: true });
      console.log(`${folder}${file}.png`);
    }
  } finally {
    await close();
    await server.close();
  }
}

/** Goes to a tab, sets it to work the first time, and waits until it has drawn itself. */
async function show(page: Page, tab: keyof typeof ready): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, tab);
  const start = starts[tab];
  if (start && !(await page.$(ready[tab]))) await page.locator(start).click();
  await page.waitForSelector(ready[tab], { timeout: PATIENCE_MS });
  // Nothing of it is left to compete with what comes after.
  const running = await page.$(`#${tab} [data-running="true"]`);
  if (running) {
    await new Promise((resolve) => setTimeout(resolve, LEARN_MS));
    await running.click();
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
}
