/**
 * The machine code of an RDNA2 GPU against the reference: `npm run test:rdna`. `SHARE=0.05` runs a part
 * of the cases, drawn by `SEED`.
 */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import { SEED, SHARE } from '../harness/share';
import { namesOfLists } from './cases';
import type * as module from './rdna.page';

const PAGE = '/test/rdna/rdna.page.ts';

const page = await sharedPage();

test('the device is a GPU with subgroups and f16', async () => {
  const device = await callInPage<typeof module.describeDevice>(page, PAGE, 'describeDevice');
  console.log(`${device.description}; ${SHARE} of the cases, seed ${SEED}`);
  expect(device).toMatchObject({ isSoftware: false, subgroups: true, f16: true });
});

test.each(namesOfLists)('%s', async (name) => {
  const { cases, elements, maxShare, reports } = await callInPage<typeof module.runList>(
    page,
    PAGE,
    'runList',
    name,
    SHARE,
    SEED,
  );
  console.log(
    `${name}: ${cases} cases, ${elements} elements, ${maxShare.toFixed(3)} × the bound at most`,
  );
  expect(reports.join('\n\n')).toBe('');
  expect(cases).toBeGreaterThan(0);
});
