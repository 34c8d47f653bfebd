/**
 * Every tab of the built page, used as a visitor would: from a folder of a host, under its own policy,
 * which its host sends with every file so that workers are under it too. Whatever the browser or the
 * host complains of fails the test that was running.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElementHandle } from 'puppeteer';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PEERS } from '../../bench/peers/libraries';
import type { Results } from '../../bench/results';
import type { LaunchedBrowser } from '../browser/launch';
import { paste, waitUntil } from '../browser/page';
import { buildSite, type Site } from './site';
import { describeEngines, downloaded, launch, openVisit, type Page } from './visitor';

/** Of a page in front of the tests, on two cores, in the slower engine. */
const PATIENCE_MS = 180_000;

let site: Site;
beforeAll(async () => {
  let policy = '';
  site = await buildSite({
    // As docs/architecture.md tells hosts that send one: other libraries compile WebAssembly.
    policyOf: (file) =>
      file.startsWith('others/')
        ? policy.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
        : policy,
  });
  const html = await readFile(join(site.folder, 'index.html'), 'utf8');
  policy = html.match(/http-equiv="Content-Security-Policy" content="([^"]+)"/)![1]!;
});
afterAll(() => site.close());

describeEngines('a visitor', (engine) => {
  let launched: LaunchedBrowser;
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    launched = await launch(engine);
    page = await openVisit(launched.browser, complaints);
    await page.goto(
      `${site.url}?tune=quick&verify=quick&ops=softmax&shapes=7x33&peers=${PEERS.map(({ name }) => name)}`,
    );
  });
  afterAll(() => launched.close());
  afterEach(() => {
    expect([...complaints.splice(0), ...site.complaints.splice(0)]).toEqual([]);
  });

  const textOf = (selector: string, of: Page = page) =>
    of.$eval(selector, (element) => element.textContent ?? '');
  const seen = (selector: string, of: Page = page) =>
    of.waitForSelector(selector, { timeout: PATIENCE_MS });
  const press = (selector: string) => page.locator(selector).click();
  const goTo = async (tab: string) => {
    await press(`nav a[href="#${tab}"]`);
    await seen(`#${tab}:not([hidden])`);
  };
  const choose = async (selector: string, path: string) => {
    const input = (await page.$(selector)) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(path);
  };

  /** What the visitor copied: a field of the page takes it. */
  const pasted = async () => {
    await goTo('explore');
    await seen('#result-softmax .good');
    await page.focus('#logits');
    await page.$eval('#logits', (field) => (field as HTMLInputElement).select());
    await page.keyboard.down('Control');
    await page.keyboard.press('v');
    await page.keyboard.up('Control');
    return page.$eval('#logits', (field) => (field as HTMLInputElement).value);
  };

  test('sees the GPU at a glance, and tunes to it', async () => {
    await seen('#device-info dl');
    expect(await textOf('#device-heading')).not.toContain('Asking');
    await press('#tune-run');
    await seen('#tune[data-state="tuned"]');
    expect(await textOf('#tune-state')).toMatch(/^✓ Tuned just now/);
  });

  test('runs the benchmark, with every other library', async () => {
    await goTo('benchmark');
    await press('#bench-run');
    await seen('#benchmark:is([data-state="good"], [data-state="bad"])');
    expect(await textOf('.verdicts .word')).toMatch(/^✓ All \d+ results that were timed are right/);
    await seen('#roofline canvas');
  });

  test('exports the results, imports them again, and shares them in a link', async () => {
    await press('.take-away ::-p-text(Download CSV)');
    const { text: csv } = await downloaded(launched.downloads, /\.csv$/);
    expect(csv.split('\n').length).toBeGreaterThan(5);
    await press('.take-away ::-p-text(Download JSON)');
    const { path, text } = await downloaded(launched.downloads, /^softmax-.*\.json$/);
    const { failures, peers }: Results = JSON.parse(text);
    expect(failures).toEqual([]);
    expect(peers[0]!.peers.map(({ library, outcome }) => [library, outcome.status])).toEqual(
      PEERS.map(({ name }) => [name, 'timed']),
    );

    await choose('#bench-import', path);
    await seen('.verdicts .verdict + .verdict');
    expect(await textOf('#bench-status')).toMatch(/^Read: /);
    await press('.take-away ::-p-text(Remove the import)');

    await press('.take-away ::-p-text(Copy a link)');
    await seen('#bench-status ::-p-text(Copied the link)');
    const link = await pasted();
    const friend = await openVisit(launched.browser, complaints);
    await friend.goto(link);
    await seen('#roofline canvas', friend);
    expect(await textOf('#bench-status', friend)).toMatch(/^Read: /);
    await friend.close();
    await page.bringToFront();
  });

  test('explores a row of numbers', async () => {
    await goTo('explore');
    await paste(page, '#logits', '3, 1, 2');
    await waitUntil(page, () => document.querySelectorAll('#result-softmax tr').length === 3, []);
    expect(await textOf('#agreement')).toMatch(/^✓ .*agrees with the float64 reference/);
  });

  test('verifies every operation', async () => {
    await goTo('verify');
    await press('#run');
    await seen('#verify:is([data-state="good"], [data-state="bad"])');
    expect(await textOf('#verdict')).toMatch(/^✓ All [\d,]+ cases within their bounds/);
  });

  test('trains a hundred steps, which then tell clothes apart, and keeps the weights', async () => {
    await goTo('train');
    await seen('[data-action="toggle"]');
    await press('[data-action="toggle"]');
    await waitUntil(
      page,
      () => Number(document.querySelector('[data-field="step"]')?.textContent) >= 100,
      [],
      PATIENCE_MS,
    );
    await press('[data-action="toggle"]');
    await seen('[data-field="state"] ::-p-text(Paused.)');
    expect(Number.parseFloat(await textOf('[data-field="accuracy"]'))).toBeGreaterThan(65);
    expect((await page.$$('[data-field="wrong"] canvas')).length).toBe(24);
    const steps = await textOf('[data-field="step"]');

    await press('[data-action="save"]');
    const { path } = await downloaded(launched.downloads, /^weights-\d+\.json$/);
    await press('[data-action="restart"]');
    await seen('[data-field="step"] ::-p-text(0)');
    await choose('[data-action="load"]', path);
    await waitUntil(
      page,
      (wanted: string) => document.querySelector('[data-field="step"]')!.textContent === wanted,
      [steps],
    );
  });

  test('reads a line of text', async () => {
    await goTo('ocr');
    await press('#ocr-read');
    await seen('#ocr-status ::-p-text(steps of 6625 classes)');
    expect(await textOf('.ocr-text')).toBe('The quick brown fox, 1 284 times');
  });

  test('has a text written on', async () => {
    await goTo('write');
    await press('#write-step');
    await seen('#write-count ::-p-text(1)');
    expect(await textOf('#write-text')).toMatch(/^The president of the united states\b./);
    expect(await textOf('.cut-line')).toMatch(/^[\d,]+ of 72,547 words kept/);
  });
});
