/** Softmax regression on real images, beside float64: the loss curves, the accuracy, saved weights. */
import { expect, test } from 'vitest';
import { Batches } from '../../bench/train/schedule';
import { callInPage, openPage } from '../browser/page';
import type * as module from './train.page';

const path = '/test/bench/train.page.ts';

test('200 steps on the GPU and in float64 lie on each other', async () => {
  const page = await openPage();
  const learned = await callInPage<typeof module.learnShortly>(page, path, 'learnShortly', 2);
  const { accuracy, float64Accuracy, lossDifference, loss, comparedSteps } = learned;
  console.log(
    `accuracy ${accuracy}, in float64 ${float64Accuracy}; the losses differ by ${lossDifference} at most`,
  );
  expect(learned).toMatchObject({ train: 10_000, test: 2000, steps: 200, resumes: true });
  expect(comparedSteps).toBe(200);
  expect(lossDifference).toBeLessThan(1e-4);
  // The two are not one run.
  expect(lossDifference).toBeGreaterThan(0);
  expect(Math.abs(accuracy - float64Accuracy)).toBeLessThanOrEqual(0.002);
  expect(accuracy).toBeGreaterThan(0.75);
  expect(loss).toBeLessThan(0.8);
});

test('what is no data set is said', async () => {
  const page = await openPage();
  const said = (url: string) => callInPage<typeof module.notImages>(page, path, 'notImages', url);
  expect(await said('/package.json')).toBe('/package.json: this is no IDX file of bytes');
});

test('batches: every image once an epoch, in an order of its own, the same for every caller', () => {
  const epochOf = (batches: Batches, epoch: number) =>
    Array.from({ length: 4 }, (_, i) => [...batches.at(4 * epoch + i)]).flat();
  const [a, b] = [new Batches(40, 10, 1), new Batches(40, 10, 1)];
  const first = epochOf(a, 0);
  expect([...first].sort((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  const second = epochOf(a, 1);
  expect(second).not.toEqual(first);
  // Continued from the second epoch, as from saved weights.
  expect(epochOf(b, 1)).toEqual(second);
});
