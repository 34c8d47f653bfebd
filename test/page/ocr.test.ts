/** The tab that reads text, in the page and under its policy: typed lines, pictures, and a batch. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle, Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callInPage, openPage, paste, waitUntil } from '../browser/page';
import type { drawLine } from './ocr.page';

let page: Page;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-ocr-'));
  page = await openPage('/#ocr');
  await page.waitForSelector('#ocr-read');
});
afterAll(() => rm(folder, { recursive: true }));

/** What is read once it is other than before. */
async function reading(before: string) {
  await waitUntil(
    page,
    (last: string) => {
      const status = document.querySelector('#ocr-status')!.textContent!;
      if (status.startsWith('✗')) throw new Error(status);
      return (
        /^\d+ steps/.test(status) && document.querySelector('#ocr table')!.textContent !== last
      );
    },
    [before],
    120_000,
  );
  return page.$eval('#ocr', (section) => {
    const rows = [...section.querySelectorAll('tbody tr')];
    return {
      text: section.querySelector('.ocr-text')!.textContent!,
      table: section.querySelector('table')!.textContent!,
      rows: rows.length,
      confidences: rows.map((row) => Number.parseFloat(row.children[1]!.textContent!)),
    };
  });
}

test('a typed line is read by keyboard alone', async () => {
  await paste(page, '#ocr-line', 'Total 42');
  await page.keyboard.press('Enter');
  const typed = await reading('');
  expect(typed.text).toBe('Total 42');
  expect(typed.rows).toBe(8);
  for (const confidence of typed.confidences) expect(confidence).toBeGreaterThan(50);
  const drawn = await page.$eval('#ocr canvas', (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const { data } = (canvas as HTMLCanvasElement)
      .getContext('2d')!
      .getImageData(0, 0, width, height);
    return { height, black: data.filter((v, i) => i % 4 === 0 && v < 64).length };
  });
  expect(drawn.height).toBe(48);
  expect(drawn.black).toBeGreaterThan(200);
});

test('a picture is read, and the temperature changes probabilities alone', async () => {
  const drawing = await openPage();
  const png = await callInPage<typeof drawLine>(
    drawing,
    '/test/page/ocr.page.ts',
    'drawLine',
    'Window 7',
  );
  await drawing.close();
  const path = join(folder, 'line.png');
  await writeFile(path, Buffer.from(png.split(',')[1]!, 'base64'));
  await page.bringToFront();
  const before = await page.$eval('#ocr table', (table) => table.textContent!);
  const input = (await page.$('#ocr-file')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
  const picture = await reading(before);
  expect(picture.text).toBe('Window 7');

  await page.$eval('#ocr-temperature', (slider) => {
    (slider as HTMLInputElement).value = '4';
    slider.dispatchEvent(new Event('input'));
  });
  const warm = await reading(picture.table);
  expect(warm.text).toBe(picture.text);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  expect(mean(warm.confidences)).toBeLessThan(mean(picture.confidences));
});

test('a picture that is none is refused, and what comes after it is read', async () => {
  const path = join(folder, 'none.png');
  await writeFile(path, 'no picture');
  const input = (await page.$('#ocr-file')) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(path);
  await page.waitForSelector('#ocr-status ::-p-text(✗ none.png is no picture)');
  await page.locator('#ocr-read').click();
  await waitUntil(page, () => document.querySelector('#ocr-status')!.textContent![0] !== '✗', []);
  expect((await reading('')).text).toBe('Total 42');
});

test('a batch is read in both ways, or cancelled', async () => {
  await page.locator('#ocr-run').click();
  await waitUntil(
    page,
    () => /^reading line/.test(document.querySelector('#ocr-batch-status')!.textContent!),
    [],
  );
  await page.locator('#ocr-cancel').click();
  await page.waitForSelector('#ocr-batch-status ::-p-text(Cancelled)');
  await page.locator('#ocr-run').click();
  await page.waitForSelector('#ocr-batch-status ::-p-text(Both read the same)', {
    timeout: 120_000,
  });
  const cells = await page.$$eval('#ocr .card:last-child tbody tr', (rows) =>
    rows.map((row) => Array.from(row.children, (cell) => Number.parseFloat(cell.textContent!))),
  );
  const [right, speed, share] = cells;
  expect(right![1]).toBeGreaterThan(95);
  expect(right![2]).toBe(right![1]);
  for (const way of [1, 2]) {
    expect(speed![way]).toBeGreaterThan(0);
    expect(share![way]).toBeGreaterThan(0);
    expect(share![way]).toBeLessThan(50);
  }
});
