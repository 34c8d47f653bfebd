import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type { compileAll } from './compile.page';

test('every variant compiles', async () => {
  const page = await openPage();
  const { compiled, failed } = await callInPage<typeof compileAll>(
    page,
    '/test/kernels/compile.page.ts',
    'compileAll',
  );
  console.log(`${compiled} variants compiled`);
  expect(failed).toEqual([]);
  expect(compiled).toBeGreaterThan(200);
});
