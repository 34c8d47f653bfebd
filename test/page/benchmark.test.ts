/** The benchmark as a visitor has it: chosen, run, cancelled, looked at, taken away and laid over. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Results } from '../../bench/results';
import { browserUnderTest, openPage, waitUntil } from '../browser/page';
import { longestTask } from './longest-task';

/** Two steps of the table and two of the regimes, of a second or two each. */
const TINY = 'ops=softmax,logSoftmax&shapes=64x33,7x100';

declare global {
  interface Window {
    /** What the page gave to be downloaded or copied. */
    given: { name: string; text: string }[];
    /** What moved without being asked to, and how much. */
    shifts: string[];
  }
}

const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent ?? '');
const countOf = (page: Page, selector: string) => page.$$eval(selector, (all) => all.length);
/** Names of the series that the legend of the first plot has. */
const seriesOf = (page: Page) =>
  page.$$eval('#roofline .key', (all) => all.map(({ lastChild }) => lastChild!.textContent));
const stateOf = (page: Page) =>
  page.$eval('#benchmark', (section) => (section as HTMLElement).dataset.state);
const waitForState = (page: Page, state: string) =>
  page.waitForSelector(`#benchmark[data-state="${state}"]`, { timeout: 120_000 });
const pressButton = (page: Page, text: string) =>
  page.locator(`.take-away ::-p-text(${text})`).click();

/** Opens the benchmark, which keeps what it gives away for the test. */
async function open(query: string, hash = 'benchmark'): Promise<Page> {
  const page = await openPage();
  await page.evaluateOnNewDocument(() => {
    window.given = [];
    window.shifts = [];
    const files = new Map<string, Promise<string>>();
    const createObjectURL = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob: Blob) => {
      const url = createObjectURL(blob);
      files.set(url, blob.text());
      return url;
    };
    HTMLAnchorElement.prototype.click = function () {
      void files.get(this.href)?.then((text) => window.given.push({ name: this.download, text }));
    };
    // The page that a new one starts as has no clipboard.
    if (navigator.clipboard) {
      navigator.clipboard.writeText = async (text) => {
        window.given.push({ name: 'clipboard', text });
      };
    }
    if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
            value: number;
            hadRecentInput: boolean;
            sources: { node: Element | null }[];
          };
          const names = sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
          if (!hadRecentInput) window.shifts.push(`${value.toFixed(4)} ${names.join(', ')}`);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    }
  });
  await page.goto(new URL(`/?${query}#${hash}`, page.url()).href);
  await page.waitForSelector('#bench-plan');
  return page;
}

/** The last thing that the page gave away. */
async function givenBy(page: Page): Promise<{ name: string; text: string }> {
  await waitUntil(page, () => window.given.length > 0, []);
  const [given] = await page.evaluate(() => window.given.splice(0));
  return given!;
}

/** Pixels of a section's plot that are of a colour of the style sheet. */
const inkOf = (page: Page, section: string, colour: string) =>
  page.$eval(
    `${section} canvas`,
    (element, name) => {
      const canvas = element as HTMLCanvasElement;
      const probe = canvas.parentElement!.appendChild(document.createElement('i'));
      probe.style.color = name;
      const wanted = getComputedStyle(probe).color.match(/\d+/g)!.map(Number);
      probe.remove();
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        count += Number(wanted.every((v, c) => Math.abs(v - data[i + c]!) < 4));
      }
      return count;
    },
    colour,
  );

const checked = (page: Page, name: string) =>
  page.$$eval(`input[name="${name}"]:checked`, (all) =>
    all.map((box) => (box as HTMLInputElement).value),
  );

describe('a run', () => {
  let page: Page;
  let folder: string;
  let json: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-page-'));
    page = await open(TINY);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is planned as the address says', async () => {
    expect(await checked(page, 'ops')).toEqual(['softmax', 'logSoftmax']);
    expect(await checked(page, 'presets')).toEqual([]);
    expect(await checked(page, 'peers')).toEqual([]);
    expect(await textOf(page, '#bench-plan')).toMatch(
      /^4 steps, about \d+ s: softmax, logSoftmax · f32$/,
    );
  });

  test('ends with plots that have data, every result right', async () => {
    const traced = browserUnderTest().engine === 'chromium';
    await page.evaluate(() => window.shifts.splice(0));
    if (traced) await page.tracing.start({ categories: ['toplevel'] });
    await page.locator('#bench-run').click();
    await waitUntil(
      page,
      () => document.querySelector('#bench-progress .step')!.textContent !== '',
      [],
    );
    expect(await textOf(page, '#bench-progress .step')).toMatch(/^[1-4] of 4: /);
    expect(await textOf(page, '#bench-progress .left')).toMatch(/about .* left$/);
    await waitForState(page, 'good');
    expect(await textOf(page, '.verdicts .word')).toMatch(
      /^✓ All \d+ results that were timed are right: .* largest error [\d.]+ ULP/,
    );
    expect(await textOf(page, '.verdicts .notes')).toMatch(/Timer: (timestamp-query|wall clock)\./);
    expect(await seriesOf(page)).toEqual(['copy', 'exp floor', 'softmax', 'logSoftmax']);
    expect(await inkOf(page, '#roofline', 'var(--c0)')).toBeGreaterThan(50);
    expect(await inkOf(page, '#roofline', 'var(--c1)')).toBeGreaterThan(50);
    expect(await countOf(page, '#roofline tbody tr')).toBe(4);
    expect(
      await page.$eval('#times canvas', (canvas) => canvas.closest('[role="img"]')!.ariaLabel),
    ).toMatch(
      /^Milliseconds of one call: softmax: [\d.]+.*; logSoftmax: [\d.]+.*; floor, 1 read, 1 write: [\d.]+; copy: [\d.]+\.$/,
    );
    expect(await inkOf(page, '#times', 'var(--positive)')).toBeGreaterThan(500);
    expect(await countOf(page, '#variants .map tbody tr')).toBe(2);
    expect(await countOf(page, '#variants .map td.chosen')).toBe(2);
    expect(await page.evaluate(() => window.shifts)).toEqual([]);
    if (traced) expect(longestTask((await page.tracing.stop())!)).toBeLessThan(100);
  });

  test('has tables that sort', async () => {
    const column = () =>
      page.$$eval('#roofline tbody tr', (rows) => rows.map((row) => row.children[1]!.textContent));
    await page.locator('#roofline summary').click();
    await page.locator('#roofline thead th:nth-child(2) button').click();
    expect(await column()).toEqual(['logSoftmax', 'logSoftmax', 'softmax', 'softmax']);
    await page.locator('#roofline thead th:nth-child(2) button').click();
    expect(await column()).toEqual(['softmax', 'softmax', 'logSoftmax', 'logSoftmax']);
    expect(await page.$eval('#roofline th:nth-child(2)', (th) => th.ariaSort)).toBe('descending');
  });

  test('is taken away as JSON that its schema describes', async () => {
    await pressButton(page, 'Download JSON');
    const { name, text } = await givenBy(page);
    expect(name).toMatch(/^softmax-[a-z0-9-]+\.json$/);
    json = text;
    const schema = JSON.parse(
      await readFile(new URL('../../bench/results.schema.json', import.meta.url), 'utf8'),
    );
    const validate = new Ajv({ allErrors: true }).compile(schema);
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
    const results: Results = JSON.parse(text);
    expect(results).toMatchObject({ cancelled: false, failures: [] });
    expect(results.table.map(({ shape }) => shape.dims)).toEqual([
      [64, 33],
      [7, 100],
    ]);
    for (const { regimes } of results.variants) {
      for (const { check } of regimes) expect(check).toMatchObject({ failures: 0 });
    }
  });

  test('is taken away as CSV and as Markdown', async () => {
    await pressButton(page, 'Download CSV');
    const { text: csv } = await givenBy(page);
    const lines = csv.trimEnd().split('\n');
    const width = lines[0]!.split(',').length;
    expect(lines.slice(1).filter((line) => line.includes(',operation,'))).toHaveLength(4);
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      expect(line.replace(/"[^"]*"/g, '').split(',')).toHaveLength(width);
    }
    await pressButton(page, 'Copy as Markdown');
    const { text: markdown } = await givenBy(page);
    expect(markdown.match(/^\| 64 × 33 \| f32 \| softmax \| /m)).not.toBe(null);
    expect(await textOf(page, '#bench-status')).toBe('Copied the table as Markdown.');
  });

  test('is laid under another device’s file, and refuses what is none', async () => {
    const file = join(folder, 'other.json');
    const other = JSON.parse(json);
    other.adapter = { ...other.adapter, description: 'Another GPU' };
    await writeFile(file, JSON.stringify(other));
    const input = (await page.$('#bench-import'))!;
    await (input as never as { uploadFile(path: string): Promise<void> }).uploadFile(file);
    await page.waitForSelector('.verdicts .verdict + .verdict');
    expect(await countOf(page, '.verdicts .verdict')).toBe(2);
    expect(await countOf(page, '#roofline tbody tr')).toBe(8);
    expect(await seriesOf(page)).toHaveLength(8);
    expect(await page.$eval('#times [role="img"]', (plot) => plot.ariaLabel)).toContain(
      'logSoftmax, Another GPU: ',
    );
    expect(await textOf(page, '#roofline .lead')).toContain('On Another GPU, softmax reaches');
    await writeFile(file, '{"format": "something else"}');
    await (input as never as { uploadFile(path: string): Promise<void> }).uploadFile(file);
    await page.waitForSelector('#bench-status ::-p-text(has format)');
    await pressButton(page, 'Remove the import');
    expect(await countOf(page, '.verdicts .verdict')).toBe(1);
  });

  test('is shared in a link that shows it', async () => {
    await pressButton(page, 'Copy a link');
    const { text: link } = await givenBy(page);
    expect(link.length).toBeLessThan(8000);
    const { search, hash } = new URL(link);
    const visitor = await open(search.slice(1), hash.slice(1));
    try {
      await visitor.waitForSelector('#roofline canvas');
      const figures = (of: Page) =>
        of.$$eval('#roofline tbody tr', (rows) =>
          rows.map((row) => Array.from(row.children, (cell) => cell.textContent).slice(0, 4)),
        );
      expect((await figures(visitor)).sort()).toEqual((await figures(page)).sort());
      expect(await countOf(visitor, '#variants .map td.chosen')).toBe(2);
      expect(await checked(visitor, 'ops')).toEqual(['softmax', 'logSoftmax']);
    } finally {
      // A page behind another is not drawn, and nothing in it can be pressed.
      await visitor.close();
      await page.bringToFront();
    }
  });

  test('is cancelled at once, with what was done', async () => {
    await page.locator('#bench-run').click();
    await page.waitForSelector('#benchmark[data-state="running"] #roofline canvas', {
      timeout: 60_000,
    });
    await page.locator('#bench-cancel').click();
    await waitForState(page, 'cancelled');
    expect(await textOf(page, '.verdicts .notes')).toMatch(/^Cancelled: these are the steps/);
    const rows = await countOf(page, '#roofline tbody tr');
    expect(rows).toBeGreaterThan(0);
    expect(await countOf(page, '#variants .map tbody tr')).toBeLessThan(2);
  });

  test('is chosen again after a reload', async () => {
    await page.locator('#bench-choices > summary').click();
    await page.locator('input[value="logSoftmax"]').click();
    await page.locator('input[value="attention"]').click();
    await page.locator('input[value="thorough"]').click();
    await page.locator('input[value="f16"]').click();
    expect(await page.evaluate(() => location.search)).toBe(
      '?ops=softmax&dtypes=f32,f16&shapes=attention,64x33,7x100&mode=thorough',
    );
    await page.reload();
    await page.waitForSelector('#bench-plan');
    expect(await checked(page, 'ops')).toEqual(['softmax']);
    expect(await checked(page, 'presets')).toEqual(['attention']);
    expect(await checked(page, 'mode')).toEqual(['thorough']);
    expect(await checked(page, 'dtypes')).toEqual(['f32', 'f16']);
    expect(await page.$eval('#own-shapes', (field) => (field as HTMLInputElement).value)).toBe(
      '64x33, 7x100',
    );
  });
});

test('works by keyboard alone, in f16 too', async () => {
  const page = await open('ops=softmax&shapes=64x33&dtypes=f16');
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');
  const tabTo = async (id: string) => {
    for (let i = 0; i < 40 && (await focused()) !== id; i++) await page.keyboard.press('Tab');
    expect(await focused()).toBe(id);
  };
  await tabTo('bench-run');
  await page.keyboard.press('Enter');
  await waitUntil(page, () => document.activeElement?.id === 'bench-cancel', []);
  await waitForState(page, 'good');
  expect(await focused()).toBe('bench-run');
  const types = await page.$$eval('#variants .sortable tbody td:nth-child(3)', (cells) =>
    cells.map((cell) => cell.textContent),
  );
  expect(types.length).toBeGreaterThan(1);
  expect(new Set(types)).toEqual(new Set(['f16']));
  await waitUntil(page, () => document.querySelector('#roofline canvas') !== null, []);
  const onPlot = () => page.evaluate(() => document.activeElement?.matches('.plot-place') ?? false);
  for (let i = 0; i < 40 && !(await onPlot()); i++) await page.keyboard.press('Tab');
  expect(await onPlot()).toBe(true);
  await page.keyboard.press('ArrowRight');
  expect(await textOf(page, '#roofline .readout')).toMatch(/^copy: [\d.]+ GB\/s at 64 × 33$/);
  await page.keyboard.press('ArrowDown');
  expect(await textOf(page, '#roofline .readout')).toMatch(/^exp floor: [\d.]+ GB\/s at 64 × 33$/);
  await page.keyboard.press('ArrowDown');
  expect(await textOf(page, '#roofline .readout')).toMatch(/^softmax: .* × the floor, at 64 × 33$/);
});

test('wrong results cannot be overlooked', async () => {
  const page = await openPage();
  await page.evaluateOnNewDocument(() => {
    window.Worker = class extends Worker {
      constructor(_: string | URL, options?: WorkerOptions) {
        super('/test/page/wrong.worker.ts', options);
      }
    };
  });
  const address = '/?ops=softmax&shapes=64x33&variants=no#benchmark';
  await page.goto(new URL(address, page.url()).href);
  await page.locator('#bench-run').click();
  await waitForState(page, 'bad');
  expect(await textOf(page, '.verdict.bad .word')).toMatch(/^✗ WRONG RESULTS/);
  expect(await textOf(page, '.verdict.bad .failures')).toMatch(
    /softmax of 64 × 33: 1 elements beyond their bounds/,
  );
  expect(await page.$eval('.verdict.bad', (box) => box.role)).toBe('alert');
  expect(await countOf(page, '#roofline tr.bad')).toBe(1);
  expect(await page.$eval('body', (body) => body.classList.contains('wrong'))).toBe(true);
});

test('says what of a link it left out', async () => {
  const page = await open('ops=softmax,softmin&shapes=rows,0x3', 'benchmark/notpacked');
  await page.waitForSelector('#bench-status ::-p-text(The link is not whole)');
  const asked = await open('ops=softmax,softmin&shapes=rows,0x3');
  const left = await textOf(asked, '#bench-status');
  expect(left).toMatch(/ops: expected softmax, .*, got “softmin”/);
  expect(left).toMatch(/shapes: expected rows, heads, .*, got “0x3”/);
  expect(await stateOf(asked)).toBe('idle');
  expect(await checked(asked, 'presets')).toEqual(['rows']);
});
