/** Tests that are functions of a page's module, each under its title there. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer';
import { beforeAll, test } from 'vitest';
import { callInPage, sharedPage } from './page';
import type { runTest } from './run-test.page';

/** What a page module exports as `tests`: each throws, or returns a line to be printed. */
export type PageTests = Readonly<Record<string, () => Promise<string>>>;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Registers the tests of `x.page.ts`, for `x.test.ts`, in the worker's shared page.
 *
 * @param url `import.meta.url` of the test file.
 */
export function runPageTests(url: string, tests: PageTests): void {
  const path = `/${relative(ROOT, fileURLToPath(url)).replace('.test.ts', '.page.ts')}`;
  let page: Page;
  beforeAll(async () => {
    page = await sharedPage();
  });
  test.each(Object.keys(tests))('%s', async (title) => {
    const runner = '/test/browser/run-test.page.ts';
    const line = await callInPage<typeof runTest>(page, runner, 'runTest', path, title);
    console.log(line);
  });
}
