import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type { roundTrip } from './onnxruntime.page';

test('ONNX Runtime Web: its buffers in, ours out, nothing through the host', async () => {
  const page = await openPage();
  const module = '/test/interop/onnxruntime.page.ts';
  expect(await callInPage<typeof roundTrip>(page, module, 'roundTrip')).toEqual({
    early: expect.stringMatching(
      /^createSoftmaxOn: the runtime's device is .*; create a session with executionProviders: \['webgpu'\] first$/,
    ),
    same: true,
    between: { writes: 0, maps: 0 },
    ours: true,
    theirs: true,
    picks: true,
    refused: [
      "fromOrt: tensor is in 'cpu'; it must be in a 'gpu-buffer' (a session's preferredOutputLocation)",
      "fromOrt: tensor is 5; it must be in a 'gpu-buffer' (a session's preferredOutputLocation)",
    ],
    destroyed: true,
  });
});
