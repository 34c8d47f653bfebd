import { expect, it } from 'vitest';
import { LINES } from '../../../bench/ocr/lines';
import { callInPage, openPage } from '../../browser/page';
import type { readWithReference } from './read.page';

it('reads every line exactly from the probabilities of the reference', async () => {
  const page = await openPage();
  const { lines, shape, ms } = await callInPage<typeof readWithReference>(
    page,
    '/test/bench/ocr/read.page.ts',
    'readWithReference',
  );
  const confidences = lines.map((line) => line.confidence.toFixed(4)).join(' ');
  console.log(`logits [${shape.join(', ')}]: ${ms}; confidences ${confidences}`);

  expect(lines.map((line) => line.text)).toEqual(LINES);
  expect(lines.every((line) => line.exact)).toBe(true);
  // 0.97 and more where it was measured; a softmax that is off would spread its probabilities.
  for (const line of lines) expect(line.confidence).toBeGreaterThan(0.9);
  for (const line of lines) expect(line.confidence).toBeLessThanOrEqual(1);
});
