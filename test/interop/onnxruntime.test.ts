import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './onnxruntime.page';

const path = '/test/interop/onnxruntime.page.ts';

test('ONNX Runtime Web: its buffers in, ours out, nothing through the host', async () => {
  const page = await openPage();
  expect(await callInPage<typeof module.roundTrip>(page, path, 'roundTrip')).toEqual({
    early: expect.stringMatching(
      /^createEngineOn: the runtime's device is .*; create a session with executionProviders: \['webgpu'\] first$/,
    ),
    same: true,
    between: { writes: 0, maps: 0 },
    ours: true,
    theirs: true,
    picks: true,
    refused: [
      "fromOrt: tensor: expected one in a 'gpu-buffer' (a session's preferredOutputLocation; targets and the like may be its data), got one in 'cpu'",
      "fromOrt: tensor: expected one in a 'gpu-buffer' (a session's preferredOutputLocation; targets and the like may be its data), got 5",
    ],
    destroyed: true,
  });
});

test('ONNX Runtime Web: int64 tensors are i32 with us, out of range where they were', async () => {
  const page = await openPage();
  const [most, least] = [2 ** 31 - 1, -(2 ** 31)];
  expect(await callInPage<typeof module.int64>(page, path, 'int64')).toEqual({
    between: { writes: 0, maps: 0 },
    freed: 4 * 14,
    values: [0, 5, -100, -1, 6, most, most, most, most, most, least, least, least, least],
    loss: ['+', '+', '0', ...new Array(11).fill('NaN')],
    picked: ['+', ...new Array(13).fill('NaN')],
    type: 'int64',
    same: true,
  });
});

test('ONNX Runtime Web: its getData reads what was handed over, or tells what failed', async () => {
  // Firefox also says on the console what does not compile.
  const page = await openPage('/test/browser/blank.html', /shader/i);
  const read = (values: number[]) => ({ isTheirs: true, values, location: 'cpu', kept: true });
  expect(await callInPage<typeof module.downloads>(page, path, 'downloads')).toEqual({
    read: {
      f32: read([1, -0.5, 3]),
      f16: read([0x3c00, 0x8000, 0x7e01, 0xfc00, 1]),
      i32: read([-1, 2 ** 31 - 1]),
      u32: read([1, 2 ** 32 - 1]),
      nothing: read([]),
    },
    last: [1, 2],
    released: true,
    reason: expect.stringMatching(/^softmax: .*no_such_name/s),
    again: true,
  });
});

test('ONNX Runtime Web: tokens of a sampler are the int64 input of a session', async () => {
  const page = await openPage();
  expect(await callInPage<typeof module.tokens>(page, path, 'tokens')).toEqual({
    type: 'int64',
    dims: [3, 1],
    data: ['2', '-1', '1'],
    seen: [2, -1, 1],
    refused: [
      "RangeError: toOrt: tensor: expected dtype 'i32' and a last axis of 2, the words of an int64, got 'f32' of shape [3, 3]",
      'RangeError: toOrt: dims: expected 3 elements, as [3], got [4]',
      "RangeError: toOrt: type: expected 'int64', got 'int32'",
    ],
  });
});
