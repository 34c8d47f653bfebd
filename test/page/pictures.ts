/**
 * `npm run docs:page`: the page as pictures, for the README: after a run of the benchmark on a desktop
 * and on a phone, light and dark, and what else there is to see. `-- QUERY` is the address's query, such as
 * `shapes=rows&peers=jax-js`.
 */
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { launchBrowser } from '../browser/launch';
import { serve } from '../browser/serve';

const FOLDER = fileURLToPath(new URL('../../docs/', import.meta.url));
const QUERY =
  'ops=softmax,softmaxVjp,crossEntropyWithGrad&shapes=rows&peers=jax-js,onnxruntime-web';
/** A run on a software adapter takes minutes. */
const PATIENCE_MS = 20 * 60_000;

const screens = {
  desktop: { width: 1200, height: 900 },
  phone: { width: 390, height: 844, isMobile: true, deviceScaleFactor: 2 },
} as const;

export async function main([query = QUERY, folder = FOLDER]: readonly string[]): Promise<void> {
  const server = await serve();
  const { browser, close } = await launchBrowser({ engine: 'chromium' });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(String(error)));
    await page.setViewport(screens.desktop);
    await page.goto(`${server.url}/?${query}#benchmark`);
    await page.locator('#bench-run').click();
    await page.waitForSelector('#benchmark:is([data-state="good"], [data-state="bad"])', {
      timeout: PATIENCE_MS,
    });
    for (const [name, viewport] of Object.entries(screens)) {
      for (const scheme of ['light', 'dark'] as const) {
        await page.setViewport(viewport);
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        for (const tab of ['benchmark', 'glance', 'explore'] as const) {
          await show(page, tab);
          const path = `${folder}page-${tab}-${name}-${scheme}.png` as const;
          await page.screenshot({ path, fullPage: true });
        }
      }
    }
  } finally {
    await close();
    await server.close();
  }
}

/** Goes to a tab and waits until it has drawn itself. */
async function show(page: Page, tab: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, tab);
  await page.waitForSelector(tab === 'explore' ? '#result-softmax' : `#${tab}:not([hidden])`);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
}
