/** What is right is taken from another frame too; what another copy of the library made is told of. */
import { expect, test } from 'vitest';
import { callInPage, openPage } from '../browser/page';
import type * as module from './realms.page';

async function run(name: keyof typeof module): Promise<Record<string, string>> {
  return callInPage<typeof module.ofFrame>(await openPage(), '/test/engine/realms.page.ts', name);
}

test('objects of another frame', async () => {
  const { Float16Array, ...told } = await run('ofFrame');
  // Where there is one.
  expect(Float16Array ?? 'f16 1,2').toBe('f16 1,2');
  const quarters = '0.25,0.25,0.25,0.25';
  expect(told).toEqual({
    device: 'true',
    Float32Array: '1,2',
    halves: '1,2',
    Int32Array: '1,2',
    Uint32Array: '1,2',
    array: '1,2,3',
    buffer: quarters,
    targets: '0.25,0.25,0.25,-0.75',
    options: '1,1,1,1',
    encoder: quarters,
    pass: expect.stringMatching(/^1\.386/),
    stream: quarters,
    signal: 'enough',
    'out of memory':
      "Error: tensor: out of memory for 16 bytes ('webgpu-softmax tensor [1]'): none left",
  });
});

test('tensors of another copy of the library', async () => {
  const copy = (op: string, name: string) =>
    `TypeError: ${op}: ${name}: expected a GpuTensor that this copy of the library made, got one of another copy`;
  expect(await run('ofCopy')).toEqual({
    copy: 'true',
    x: copy('softmax', 'x'),
    out: copy('softmax', 'out'),
    mask: copy('softmax', 'mask'),
    targets: copy('crossEntropy', 'targets'),
    classWeights: copy('crossEntropy', 'classWeights'),
    lossGrad: copy('crossEntropyGrad', 'lossGrad'),
    rows: copy('linearCrossEntropy', 'rows'),
    'in place of options': 'TypeError: softmax: options: expected an object, got a GpuTensor',
    streamed: copy('stream', 'result'),
    wrapped: '0.25,0.25,0.25,0.25',
  });
});
