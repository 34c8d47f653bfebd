/** What must hold of softmax and its derivatives whatever the input, on what the GPU gives. */
import type { Page } from 'puppeteer';
import { beforeAll, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import { count, tellCounts } from './counts';
import { properties } from './inputs';
import type * as module from './properties.page';
import { holds, times } from './trust';

const file = 'test/trust/properties.test.ts';
const path = '/test/trust/properties.page.ts';
const RUNS = times(20, 100);
tellCounts();

let page: Page;
beforeAll(async () => {
  page = await sharedPage();
});

test.each(properties)('$name', async ({ name, of }) => {
  await holds(file, name, of, RUNS, async (input) => {
    count('properties', name);
    return callInPage<(typeof module)[typeof name]>(page, path, name, input);
  });
});
