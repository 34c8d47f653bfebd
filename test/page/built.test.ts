/** The page as it is built: what is loaded, how much, from where, and what is left without a network. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage } from '../browser/page';
import { buildSite, type Site } from './site';

let site: Site;
beforeAll(async () => {
  site = await buildSite();
});
afterAll(() => site.close());

/** Bytes of JavaScript, gzipped, that a visitor may wait for. */
const MOST_BYTES = 60_000;

test('loads little, from its own folder, and nothing of other libraries', async () => {
  const page = await openPage();
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  await page.goto(site.url);
  await page.waitForSelector('#device-info dl');
  const scripts = [...new Set(loaded)].filter((url) => url.endsWith('.js'));
  const first = scripts.filter((url) => !url.endsWith('service-worker.js'));
  expect(first.length).toBeGreaterThan(0);
  let bytes = 0;
  for (const url of first) {
    const file = join(site.folder, url.slice(site.url.length));
    bytes += gzipSync(await readFile(file)).byteLength;
  }
  console.log(`first load: ${first.length} scripts, ${bytes} bytes gzipped`);
  expect(bytes).toBeLessThan(MOST_BYTES);
  for (const url of loaded) expect(url.startsWith(site.url)).toBe(true);
  expect(loaded.filter((url) => url.includes('/others/'))).toEqual([]);
});

test('has no file in an address, which its policy refuses', async () => {
  const all = await readdir(site.folder, { recursive: true });
  const texts = all.filter((name) => /\.(js|css|html)$/.test(name));
  expect(texts.length).toBeGreaterThan(20);
  for (const name of texts) {
    const text = await readFile(join(site.folder, name), 'utf8');
    expect(text.match(/data:[a-z]+\/[a-z0-9.+-]+[;,]/gi), name).toBe(null);
  }
});

test('does not keep what other libraries need', async () => {
  const kept = await readFile(join(site.folder, 'service-worker.js'), 'utf8');
  expect(kept).toContain('"assets/');
  for (const kind of [/\.onnx"/, /\.trigrams"/, /\.wasm"/, /\.woff2"/, /"others\//])
    expect(kept).not.toMatch(kind);
});

test('works without a network after the first load', async () => {
  const page = await openPage();
  await page.goto(site.url);
  await page.waitForSelector('#device-info dl');
  // The service worker is ready when it has all files.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await site.goAway();
  await page.goto(`${site.url}?ops=softmax&shapes=7x33&variants=no#benchmark`);
  await page.locator('#bench-run').click();
  await page.waitForSelector('#benchmark[data-state="good"]', { timeout: 120_000 });
  await page.waitForSelector('#roofline canvas');
  await page.locator('nav a[href="#explore"]').click();
  await page.waitForSelector('#result-softmax .good');
});
