/**
 * Where subgroups are wider than SwiftShader's four lanes, on Dawn in Node with lavapipe: `npm run
 * test:wide`. `BROWSER=lavapipe` takes any other test there that looks at no page.
 */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './wide.page';

const PAGE = '/test/lavapipe/wide.page.ts';
const page = await sharedPage();
const names = await callInPage<typeof module.namesOfLists>(page, PAGE, 'namesOfLists');

test('subgroups are wide, and there is the type f16', async () => {
  const device = await callInPage<typeof module.describeDevice>(page, PAGE, 'describeDevice');
  console.log(device.description);
  expect(device).toMatchObject({ subgroups: true, f16: true });
  expect(device.subgroupMinSize).toBeGreaterThan(4);
});

test.each(names)('%s', async (name) => {
  const { cases, elements, reports } = await callInPage<typeof module.runList>(
    page,
    PAGE,
    'runList',
    name,
  );
  console.log(`${name}: ${cases} cases, ${elements} elements`);
  expect(reports.join('\n\n')).toBe('');
  expect(cases).toBeGreaterThan(2);
});
