import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type { oneWay } from './jax.page';

test('jax-js: its buffer in', async () => {
  const page = await openPage();
  expect(await callInPage<typeof oneWay>(page, '/test/interop/jax.page.ts', 'oneWay')).toEqual({
    between: { writes: 0, maps: 0 },
    ours: true,
  });
});
