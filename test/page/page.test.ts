/** The page as a visitor has it: the real index.html on the real adapter. */
import type { Page } from 'puppeteer';
import { beforeAll, describe, expect, test } from 'vitest';
import { testOps } from '../../conformance/cases';
import { packResults } from '../../page/benchmark/share';
import type { Tuning } from '../../src/index';
import * as reference from '../../src/reference';
import { browserUnderTest, openPage, paste, waitUntil } from '../browser/page';
import { longestTask } from './longest-task';
import { results } from './some-results';

/** Words of an element, as they stand in the document. */
const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent ?? '');

const isHidden = (page: Page, selector: string) =>
  page.$eval(selector, (element) => (element as HTMLElement).hidden);

/** Presses the button of a worked example. */
const choose = async (page: Page, name: string) => {
  await goTo(page, 'explore');
  await page.locator(`#presets ::-p-text(${name})`).click();
};

/** Goes to a section of the page, as its link does. */
const goTo = async (page: Page, tab: string) => {
  await page.locator(`nav a[href="#${tab}"]`).click();
  await page.waitForSelector(`#${tab}:not([hidden])`);
};

/** Waits until a card shows these values, to the digits it shows; they are its last column. */
async function waitForValues(page: Page, card: string, expected: Iterable<number>): Promise<void> {
  await waitUntil(
    page,
    (id: string, wanted: number[]) => {
      const cells = document.querySelectorAll(`#${id} td.number, #${id} .scalar`);
      const shown = Array.from(cells, (cell) =>
        Number(cell.textContent?.replaceAll('−', '-').replace('∞', 'Infinity')),
      );
      return (
        shown.length === wanted.length &&
        wanted.every(
          (v, k) => v === shown[k] || Math.abs(v - shown[k]!) <= (Math.abs(v) < 1 ? 1e-6 : 1e-5),
        )
      );
    },
    [card, [...expected]],
  );
}

/** Runs the verification and waits for its end. */
async function verify(page: Page): Promise<string> {
  await page.locator('#run').click();
  await page.waitForSelector('#verify:not([data-state="idle"], [data-state="running"])', {
    timeout: 300_000,
  });
  return page.$eval('#verify', (section) => (section as HTMLElement).dataset.state ?? '');
}

/** A page of its own, with a script run in it before the page's own. */
async function openAfter(script: () => void): Promise<Page> {
  const page = await openPage();
  await page.evaluateOnNewDocument(script);
  await page.goto(new URL('/?verify=quick#explore', page.url()).href);
  return page;
}

const tensor = (data: readonly number[]) => ({
  data: Float32Array.from(data),
  shape: [data.length],
});

describe('on a GPU', () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage('/?verify=quick');
    await page.waitForSelector('#device-info dl');
  });

  test('says which device it is', async () => {
    const facts = await page.$$eval('#device-info dl > div', (pairs) =>
      Object.fromEntries(
        pairs.map((pair) => [pair.children[0]?.textContent, pair.children[1]?.textContent]),
      ),
    );
    const vendor = await page.evaluate(async () => {
      const adapter = await navigator.gpu.requestAdapter();
      return adapter?.info.vendor || 'withheld by the browser';
    });
    expect(facts).toMatchObject({
      Vendor: vendor,
      Browser: expect.stringMatching(/^(Chrome|Firefox) \d+/),
      Kind: 'software: the processor plays the GPU',
      Library: expect.stringMatching(/^webgpu-softmax \d+\.\d+\.\d+/),
      maxBufferSize: expect.stringMatching(/^[\d.,]+ [MG]iB$/),
    });
    const features = await page.$$eval('.chips li', (all) => all.map((item) => item.textContent));
    expect(features).toContain('core-features-and-limits');
    expect(await textOf(page, '#banners .note')).toMatch(/^This is a software adapter/);
    expect(await isHidden(page, '#help')).toBe(true);
  });

  test('starts with the worked example', async () => {
    await goTo(page, 'explore');
    await waitForValues(page, 'result-softmax', [0.102491, 0.757313, 0.102491, 0.037704]);
    expect(await textOf(page, '#agreement')).toMatch(/^✓ .*agrees with the float64 reference/);
  });

  test('computes what is typed', async () => {
    const x = tensor([0.5, -1, 3.25, 0, 2]);
    const options = { temperature: 2 };
    const target = { data: Int32Array.of(3), shape: [] };
    await paste(page, '#logits', '[0.5; −1 3.25, 0,2e0]');
    await page.select('#target', '3');
    await page.$eval('#temperature', (slider) => {
      (slider as HTMLInputElement).value = '2';
      slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
    });
    await page.select('#upstream', 'own');
    await paste(page, '#own', '1, 0, -2, 0.5, 0');
    const y = reference.softmax(x, options);
    await waitForValues(page, 'result-softmax', y.data);
    await waitForValues(page, 'result-logSoftmax', reference.logSoftmax(x, options).data);
    const { loss, logSumExp } = reference.crossEntropy(x, target, { ...options, reduction: 'sum' });
    await waitForValues(page, 'result-logSumExp', logSumExp.data);
    await waitForValues(page, 'result-loss', loss.data);
    const gradient = reference.crossEntropyGrad(x, target, { ...options, reduction: 'sum' });
    await waitForValues(page, 'result-crossEntropyGrad', gradient.data);
    const dx = reference.softmaxVjp(y, tensor([1, 0, -2, 0.5, 0]), options);
    await waitForValues(page, 'result-softmaxVjp', dx.data);
    const cells = await page.$$eval('#result-softmaxJacobian td', (all) =>
      all.map((cell) => Number(cell.textContent?.replaceAll('−', '-'))),
    );
    const jacobian = reference.softmaxJacobian(y, options).data;
    expect(cells).toHaveLength(25);
    cells.forEach((value, i) => {
      expect(Math.abs(value - jacobian[i]!), `J[${i}]`).toBeLessThan(6e-5);
    });
    expect(await textOf(page, '#agreement')).toMatch(/^✓/);
  });

  test.each([
    ['2, four, 2', /“four” is not a number/],
    ['  ', /^Type 1 to 12 logits/],
    ['1 2 3 4 5 6 7 8 9 10 11 12 13', /^13 logits: this page takes 12 at most/],
    ['1e39', /beyond the range of f32/],
  ])('says what is wrong with “%s” and keeps the last good result', async (text, message) => {
    await choose(page, 'A masked class');
    await paste(page, '#logits', '3, 1, 2');
    await waitForValues(page, 'result-softmax', reference.softmax(tensor([3, 1, 2])).data);
    await paste(page, '#logits', text);
    await page.waitForSelector('#logits[aria-invalid="true"]');
    expect(await textOf(page, '#logits-error')).toMatch(message);
    expect(await page.$$eval('#result-softmax tr', (rows) => rows.length)).toBe(3);
    await paste(page, '#logits', '2, 1');
    await waitForValues(page, 'result-softmax', reference.softmax(tensor([2, 1])).data);
    expect(await textOf(page, '#logits-error')).toBe('');
  });

  test('its worked examples give the values of the texts they are from', async () => {
    await choose(page, 'p = [0.1');
    await waitForValues(page, 'result-softmax', [0.1, 0.7, 0.2]);
    await waitForValues(page, 'result-crossEntropyGrad', [0.1, 0.7, -0.8]);
    await choose(page, 'A masked class');
    const masked = reference.softmax(tensor([2, 4, Number.NEGATIVE_INFINITY, 1]));
    await waitForValues(page, 'result-softmax', masked.data);
    await choose(page, 'Where exp overflows');
    await waitForValues(page, 'result-softmax', [0.102491, 0.757313, 0.102491, 0.037704]);
    expect(await textOf(page, '#agreement')).toMatch(/^✓/);
  });

  test('says in its address what is explored, and starts from there again', async () => {
    await choose(page, 'Mean square error');
    await paste(page, '#logits', '3, 1, 2');
    await page.select('#target', '2');
    const query = new URLSearchParams(await page.evaluate(() => location.search));
    expect(Object.fromEntries(query)).toMatchObject({
      x: '3, 1, 2',
      c: '2',
      g: 'square',
    });
    await page.reload();
    const y = reference.softmax(tensor([3, 1, 2]));
    await waitForValues(page, 'result-softmax', y.data);
    const upstream = y.data.map((p, k) => p - Number(k === 2));
    await waitForValues(
      page,
      'result-softmaxVjp',
      reference.softmaxVjp(y, { data: upstream, shape: [3] }).data,
    );
    expect(await textOf(page, '#result-softmax .good')).toMatch(/^✓ every digit shown is right/);
  });

  test('verifies every operation', async () => {
    await goTo(page, 'verify');
    const traced = browserUnderTest().engine === 'chromium';
    if (traced) await page.tracing.start({ categories: ['toplevel'] });
    expect(await verify(page)).toBe('good');
    if (traced) expect(longestTask((await page.tracing.stop())!)).toBeLessThan(100);
    expect(await textOf(page, '#verdict')).toMatch(/^✓ All [\d,]+ cases within their bounds/);
    const rows = await page.$$eval('#operations tbody tr', (all) =>
      all.map((row) => Array.from(row.children, (cell) => cell.textContent)),
    );
    expect(rows.map(([op]) => op)).toEqual([...testOps]);
    for (const [op, status, cases, elements] of rows) {
      expect(Number(cases), `${op} cases`).toBeGreaterThan(10);
      expect(Number(elements?.replaceAll(',', '')), `${op} elements`).toBeGreaterThan(100);
      expect(status, op!).toBe('✓ within bounds');
    }
  });

  test('a cancelled run keeps what it has', async () => {
    await page.locator('#run').click();
    await waitUntil(
      page,
      () => document.querySelector('#operations tbody .number')?.textContent !== '–',
      [],
    );
    await page.locator('#cancel').click();
    await page.waitForSelector('#verify[data-state="cancelled"]');
    expect(await textOf(page, '#verdict')).toMatch(/^Cancelled after [1-9][\d,]* of [\d,]+ cases/);
    expect(Number(await textOf(page, '#operations tbody .number'))).toBeGreaterThan(0);
    expect(await isHidden(page, '#run')).toBe(false);
  });
});

describe('tuning', () => {
  const stateOf = (page: Page) =>
    page.$eval('#tune', (section) => (section as HTMLElement).dataset.state);
  /** Opens the page anew, with what an earlier visit kept. */
  const visit = async (page: Page) => {
    await page.goto(new URL('/?tune=quick', page.url()).href);
    await page.waitForSelector('#tune:not([hidden])');
  };
  const kept = (page: Page) => page.evaluate(() => localStorage.getItem('webgpu-softmax tuning'));

  test('is kept for the next visit, used and forgotten', async () => {
    const page = await openPage('/?tune=quick');
    await page.waitForSelector('#tune:not([hidden])');
    expect(await textOf(page, '#tune-state')).toMatch(/^Not tuned/);
    expect(await isHidden(page, '#tune-forget')).toBe(true);

    await page.locator('#tune-run').click();
    await page.waitForSelector('#tune[data-state="tuned"]', { timeout: 60_000 });
    expect(await textOf(page, '#tune-state')).toMatch(/^✓ Tuned just now: of 2 ranges of row/);
    const { tiers } = JSON.parse((await kept(page))!) as Tuning;
    const faster = tiers.filter(({ gain }) => gain > 1).length;
    expect(tiers.map(({ rows, maxLength }) => [rows, maxLength])).toEqual([
      ['contiguous', 8192],
      ['contiguous', 1024],
    ]);
    expect(await page.$$eval('#tiers tbody tr', (rows) => rows.length)).toBe(faster);
    expect(await isHidden(page, '#tiers')).toBe(faster === 0);
    expect(await isHidden(page, '#tune-bar')).toBe(true);

    await page.evaluate(() => {
      const key = 'webgpu-softmax tuning';
      const tuning = JSON.parse(localStorage.getItem(key)!) as Tuning;
      const gains = tuning.tiers.map((tier) => ({ ...tier, gain: 1.25 }));
      localStorage.setItem(key, JSON.stringify({ ...tuning, tiers: gains }));
    });
    await visit(page);
    await page.waitForSelector('#tune[data-state="tuned"]');
    expect(await textOf(page, '#tune-state')).toMatch(
      /^✓ Tuned on an earlier visit: of 2 .* 2 want/,
    );
    const cells = await page.$$eval('#tiers tbody tr', (rows) =>
      rows.map((row) => Array.from(row.children, (cell) => cell.textContent)),
    );
    expect(cells).toEqual([
      ['4,097 to 8,192', 'side by side', expect.stringContaining(tiers[0]!.regime), '1.25'],
      ['513 to 1,024', 'side by side', expect.stringContaining(tiers[1]!.regime), '1.25'],
    ]);

    await page.locator('#tune-forget').click();
    expect(await textOf(page, '#tune-state')).toMatch(/^Not tuned/);
    expect(await isHidden(page, '#tiers')).toBe(true);
    expect(await kept(page)).toBe(null);
  });

  test('can be cancelled, and is not used where it does not belong', async () => {
    const page = await openPage('/');
    await page.waitForSelector('#tune:not([hidden])');
    await page.locator('#tune-run').click();
    await waitUntil(page, () => document.querySelector('progress')!.value > 0, []);
    await page.locator('#tune-cancel').click();
    await page.waitForSelector('#tune[data-state="cancelled"]');
    expect(await kept(page)).toBe(null);
    expect(await isHidden(page, '#tune-run')).toBe(false);

    await page.evaluate(() => {
      const elsewhere = { version: '0.0.0', adapter: { vendor: 'other' }, tiers: [] };
      localStorage.setItem('webgpu-softmax tuning', JSON.stringify(elsewhere));
    });
    await visit(page);
    await page.waitForSelector('#tune[data-state="bad"]');
    expect(await textOf(page, '#tune-state')).toMatch(
      /not used: setTuning: tuning is of another library or adapter \(version '0\.0\.0'.*vendor 'other'.*\); tune again$/,
    );
    await page.locator('#tune-forget').click();
    expect(await stateOf(page)).toBe('idle');
    expect(await kept(page)).toBe(null);
  });
});

test('wrong results cannot be overlooked', async () => {
  // A GPU that gets one bit wrong in everything that is read back, here and in the worker.
  const page = await openAfter(() => {
    // The page that a new one starts as has no GPU.
    if (!navigator.gpu) return;
    const getMappedRange = GPUBuffer.prototype.getMappedRange;
    GPUBuffer.prototype.getMappedRange = function (...range) {
      const bytes = getMappedRange.apply(this, range);
      if (this.usage & GPUBufferUsage.MAP_READ) new Uint32Array(bytes)[0]! ^= 1 << 20;
      return bytes;
    };
    window.Worker = class extends Worker {
      constructor(_: string | URL, options?: WorkerOptions) {
        super('/test/page/wrong.worker.ts', options);
      }
    };
  });
  await page.waitForSelector('#result-softmax .bad');
  expect(await textOf(page, '#agreement')).toMatch(/^✗ The GPU's results are WRONG/);
  await goTo(page, 'verify');
  await page.locator('#run').click();
  await page.waitForSelector('#failures:not([hidden])');
  await page.locator('#cancel').click();
  await page.waitForSelector('#verify[data-state="bad"]');
  expect(await textOf(page, '#verdict')).toMatch(/^✗ [1-9][\d,]* of [\d,]+ cases FAILED/);
  expect(await textOf(page, '#failures pre')).toMatch(/elements beyond their bound[\s\S]*actual/);
  expect(await textOf(page, '#operations tr.bad')).toMatch(/✗ [\d,]+ failed/);
});

test.each([
  [
    'no WebGPU',
    () => Object.defineProperty(navigator, 'gpu', { value: undefined }),
    /^createEngine: there is no WebGPU here/,
  ],
  [
    'no adapter',
    () => {
      // The page that a new one starts as has no GPU.
      if (navigator.gpu) navigator.gpu.requestAdapter = async () => null;
    },
    /^createEngine: no WebGPU adapter fits/,
  ],
])('%s: says what to do', async (_, script, message) => {
  const page = await openAfter(script as () => void);
  await page.waitForSelector('#help:not([hidden])');
  expect(await textOf(page, '#help .banner')).toMatch(message);
  const help = await textOf(page, '#help');
  for (const browser of ['Chrome', 'Firefox', 'Safari']) expect(help).toContain(browser);
  expect(await isHidden(page, '#explore')).toBe(true);
});

test('without a GPU, results of others can be looked at', async () => {
  const page = await openPage();
  await page.evaluateOnNewDocument(() => {
    Object.defineProperty(navigator, 'gpu', { value: undefined });
  });
  const shared = `/#benchmark/${await packResults(results)}`;
  await page.goto(new URL(shared, page.url()).href);
  await page.waitForSelector('#roofline canvas');
  expect(await textOf(page, '#bench-plan')).toMatch(/^There is no GPU to run on/);
  expect(await page.$eval('#bench-run', (run) => (run as HTMLButtonElement).disabled)).toBe(true);
  expect(await isHidden(page, '#help')).toBe(false);
});
