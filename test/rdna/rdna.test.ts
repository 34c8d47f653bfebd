/**
 * The machine code of an RDNA2 GPU against the reference: `npm run test:rdna`. `SHARE=0.05` runs a part
 * of the cases, drawn by `SEED`.
 */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import { namesOfLists } from './cases';
import type * as module from './rdna.page';

const PAGE = '/test/rdna/rdna.page.ts';
const share = Number(process.env.SHARE ?? 1);
const seed = Number(process.env.SEED ?? 1);
if (!(share > 0 && share <= 1)) throw new Error(`SHARE: expected 0 < SHARE <= 1, got ${share}`);

const page = await sharedPage();

test('the device is a GPU with subgroups and f16', async () => {
  const device = await callInPage<typeof module.describeDevice>(page, PAGE, 'describeDevice');
  console.log(`${device.description}; ${share} of the cases, seed ${seed}`);
  expect(device).toMatchObject({ isSoftware: false, subgroups: true, f16: true });
});

test.each(namesOfLists)('%s', async (name) => {
  const { cases, elements, maxShare, reports } = await callInPage<typeof module.runList>(
    page,
    PAGE,
    'runList',
    name,
    share,
    seed,
  );
  console.log(
    `${name}: ${cases} cases, ${elements} elements, ${maxShare.toFixed(3)} × the bound at most`,
  );
  expect(reports.join('\n\n')).toBe('');
  expect(cases).toBeGreaterThan(0);
});
