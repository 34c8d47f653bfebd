/** The tab Train: it learns, pauses, changes its rate, and continues from saved weights. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle, Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPage } from '../browser/page';

const folder = mkdtempSync(join(tmpdir(), 'webgpu-softmax-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

let page: Page;
beforeAll(async () => {
  page = await openPage('/test/page/train.html');
  await page.waitForSelector('[data-action="toggle"]', { timeout: 120_000 });
});

const field = (name: string) =>
  page.$eval(`[data-field="${name}"]`, (element) => element.textContent ?? '');
const steps = async () => Number((await field('step')).replace('–', '0'));
const press = (name: string) =>
  page.$eval(`[data-action="${name}"]`, (e) => (e as HTMLElement).click());
const state = (text: string) =>
  page.waitForFunction(
    (wanted) => document.querySelector('[data-field="state"]')?.textContent === wanted,
    { timeout: 120_000 },
    text,
  );

/** The text of the file that saving gives. */
async function saved(): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => {
          URL.createObjectURL = make;
          void (blob as Blob).text().then(resolve);
          return make.call(URL, blob);
        };
        document.querySelector<HTMLElement>('[data-action="save"]')!.click();
      }),
  );
}

async function load(text: string): Promise<void> {
  const path = join(folder, 'weights.json');
  writeFileSync(path, text);
  const input = (await page.$('[data-action="load"]')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
}

test('it learns while it is watched, and pauses', async () => {
  expect(await field('state')).toBe('10,000 images to learn from, 2,000 to be tried on.');
  await press('toggle');
  await page.waitForFunction(
    () => Number(document.querySelector('[data-field="step"]')?.textContent) >= 30,
    { timeout: 120_000 },
  );
  await press('toggle');
  await state('Paused.');
  const at = await steps();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await steps()).toBe(at);

  // ln 10 is what guessing costs.
  expect(Number(await field('loss'))).toBeLessThan(1.6);
  expect(Number.parseFloat(await field('accuracy'))).toBeGreaterThan(55);
  expect(Number((await field('speed')).replaceAll(',', ''))).toBeGreaterThan(0);
  const count = (selector: string) => page.$$eval(selector, (found) => found.length);
  expect(await count('[data-field="weights"] canvas')).toBe(10);
  expect(await count('[data-field="wrong"] canvas')).toBe(24);
  expect(await count('[data-field="losses"] canvas')).toBe(1);
  const confusions = await page.$$eval('.confusion td', (cells) =>
    cells.map((c) => Number(c.textContent)),
  );
  expect(confusions).toHaveLength(100);
  expect(confusions.reduce((a, b) => a + b, 0)).toBe(2000);
});

test('a rate of next to nothing leaves the weights where they are', async () => {
  const before = JSON.parse(await saved()) as { weight: string; step: number };
  await page.$eval('[data-action="rate"]', (input) => {
    (input as HTMLInputElement).value = '-4';
    input.dispatchEvent(new Event('input'));
  });
  expect(await page.$eval('output', (output) => output.textContent)).toBe('0.00010');
  await press('toggle');
  await page.waitForFunction(
    (step) => Number(document.querySelector('[data-field="step"]')?.textContent) > step,
    { timeout: 120_000 },
    before.step,
  );
  await press('toggle');
  await state('Paused.');
  const after = JSON.parse(await saved()) as { weight: string };
  const floats = (text: string) =>
    new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
  const [a, b] = [floats(before.weight), floats(after.weight)];
  const moved = a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
  expect(moved).toBeGreaterThan(0);
  expect(moved).toBeLessThan(0.01);
});

test('saved weights come back to the bit, and zeros do too', async () => {
  const text = await saved();
  const at = await steps();
  await press('restart');
  await page.waitForFunction(
    () => document.querySelector('[data-field="step"]')?.textContent === '0',
    {
      timeout: 120_000,
    },
  );
  expect(await saved()).not.toBe(text);
  await load(text);
  await page.waitForFunction(
    (step) => Number(document.querySelector('[data-field="step"]')?.textContent) === step,
    { timeout: 120_000 },
    at,
  );
  await state('Paused.');
  expect(await saved()).toBe(text);
});

test.each([
  ['not JSON', 'This is no saved training: it is not JSON.'],
  [
    '{"format":"another"}',
    'This is no saved training: its format is not “webgpu-softmax training, version 1”.',
  ],
])('a file that is no saved training is refused: %s', async (text, message) => {
  await load(text);
  await state(message);
});
