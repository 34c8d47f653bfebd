import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type { visit } from './ocr.page';

test('a typed line and a picture are read, and the temperature changes confidences alone', async () => {
  const page = await openPage();
  const { typed, picture, warm } = await callInPage<typeof visit>(
    page,
    '/test/page/ocr.page.ts',
    'visit',
  );
  expect(typed.text).toBe('Total 42');
  expect(typed.rows).toBe(8);
  for (const confidence of typed.confidences) expect(confidence).toBeGreaterThan(50);
  expect(picture.text).toBe('Window 7');
  expect(warm.text).toBe(picture.text);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  expect(mean(warm.confidences)).toBeLessThan(mean(picture.confidences));
});
