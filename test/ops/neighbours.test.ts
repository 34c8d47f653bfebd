/**
 * A row's result comes from that row alone, and nothing is written beside it, whatever its
 * neighbours hold and wherever the row ends: at every length that a loop's last turn may leave, on
 * every walk.
 */
import { expect, test } from 'vitest';
import { kernels } from '../../conformance/matrix';
import { callInPage, sharedPage } from '../browser/page';
import { count, tellCounts } from '../trust/counts';
import type * as module from './neighbours.page';

const PAGE = '/test/ops/neighbours.page.ts';
const page = await sharedPage();
tellCounts();

function check({ calls, elements, problems }: module.Outcome): void {
  expect(problems.join('\n')).toBe('');
  expect(calls).toBeGreaterThan(0);
  count('between poisoned neighbours', 'calls', calls);
  count('between poisoned neighbours', 'elements', elements);
}

test.each(kernels.map((kernel, i) => [JSON.stringify(kernel), i] as const))(
  '%s on every walk',
  async (_, i) => {
    check(await callInPage<typeof module.kernelBeside>(page, PAGE, 'kernelBeside', i));
  },
);

const names = await callInPage<() => readonly string[]>(page, PAGE, 'namesOfOptions');

test.each(names)('%s', async (name) => {
  check(await callInPage<typeof module.optionsBeside>(page, PAGE, 'optionsBeside', name));
});

test('picks and draws', async () => {
  check(await callInPage<typeof module.selectsBeside>(page, PAGE, 'selectsBeside'));
});

test.each(['cpu', 'gpu'] as const)('products, steps and Jacobians, for a %s', async (kind) => {
  check(await callInPage<typeof module.othersBeside>(page, PAGE, 'othersBeside', kind));
});
