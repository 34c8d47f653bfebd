import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type { roundTrip } from './tfjs.page';

test('TensorFlow.js: its buffers in, ours out, in the order of the calls', async () => {
  const page = await openPage();
  const module = '/test/interop/tfjs.page.ts';
  expect(await callInPage<typeof roundTrip>(page, module, 'roundTrip')).toEqual({
    between: { writes: 0, maps: 0 },
    ours: true,
    theirs: true,
    picks: true,
    refused: "fromTf: tensor has type 'bool'; it may be 'float32' or 'int32'",
  });
});
