/** Hosts that lack what newer browsers have: it is treated as lacking, and everything works. */
import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './hosts.page';

const path = '/test/engine/hosts.page.ts';
const quarters = [0.25, 0.25, 0.25, 0.25];
const works = {
  operations: '21 right',
  tiers: 1,
  streamed: [...quarters, ...quarters],
  wrapped: quarters,
};

test('the constants are those of the browser', async () => {
  const differing = await callInPage<typeof module.differingConstants>(
    await openPage(),
    path,
    'differingConstants',
  );
  expect(differing).toEqual([]);
});

test('a device, and not one global of WebGPU', async () => {
  const told = await callInPage<typeof module.deviceAlone>(await openPage(), path, 'deviceAlone');
  expect(told).toEqual({ ...works, software: false, globals: true, info: ['', '', ''] });
});

test.each([undefined, { vendor: '' }])(
  'the first Chrome with WebGPU, whose adapters say %j',
  async (names) => {
    const call = callInPage<typeof module.firstChrome>;
    const told = await call(await openPage(), path, 'firstChrome', ...(names ? [names] : []));
    const own = { ofEngine: true, ofDevice: true, aborted: 'AbortError' };
    expect(told).toEqual({ ...works, ...own, software: true });
  },
);
