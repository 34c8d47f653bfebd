/** jax-js on WebGPU: each operation as one function under `jit`, in its fastest wording. */
import * as jax from '@jax-js/jax';
import { nn, numpy as np } from '@jax-js/jax';
import type { HostTensor } from '../../src/reference';
import { type HostOperands, oneHot } from './operands';
import type { PeerOp } from './ops';
import type { Peer, Prepared } from './peer';

type Arrays = jax.Array[];

export async function open(): Promise<Peer> {
  const devices = await jax.init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js: no WebGPU device');
  jax.defaultDevice('webgpu');
  const device = jax.getWebGPUDevice();
  return { device, prepare: (op, operands) => prepare(device, op, operands) };
}

/** What jax-js compiles. An array is consumed by its use, unless `ref` counts one more. */
const functions: Record<PeerOp, (axis: number) => (...inputs: Arrays) => Arrays> = {
  softmax: (axis) => (x) => [nn.softmax(x!, axis)],
  logSoftmax: (axis) => (x) => [nn.logSoftmax(x!, axis)],
  // By hand from y, as ours: `vjp` of softmax would start from x, and takes twice the time.
  softmaxVjp: (axis) => (y, dy) => {
    const dot = y!.ref.mul(dy!.ref).sum(axis, { keepdims: true });
    return [y!.mul(dy!.sub(dot))];
  },
  // By logsumexp and labels that are one-hot already: by logSoftmax, or from indices, it takes longer.
  crossEntropyWithGrad: (axis) => (x, labels) => {
    const loss = (x: jax.Array, labels: jax.Array) =>
      np.mean(nn.logsumexp(x.ref, axis).sub(x.mul(labels).sum(axis)));
    const [value, grad] = jax.valueAndGrad(loss)(x!, labels!);
    return [value, grad as jax.Array];
  },
};

async function prepare(
  device: GPUDevice,
  op: PeerOp,
  { host, shape, copies }: HostOperands,
): Promise<Prepared> {
  const inputs: Record<PeerOp, () => HostTensor[]> = {
    softmax: () => [host.x],
    logSoftmax: () => [host.x],
    softmaxVjp: () => [host.y, host.v],
    crossEntropyWithGrad: () => [host.x, oneHot(host.targets, shape)],
  };
  const tensors = inputs[op]();
  const slots = Array.from({ length: copies }, () =>
    tensors.map(({ data }) => np.array(data as Float32Array<ArrayBuffer>).reshape([...shape.dims])),
  );
  await jax.blockUntilReady(slots);
  const compiled = jax.jit(functions[op](shape.axis));
  const once = (call: number): Arrays =>
    compiled(...slots[call % copies]!.map((array) => array.ref));
  let next = 0;
  return {
    run(calls) {
      for (const end = next + calls; next < end; next++) {
        // Arrays are lazy. Asking for the buffer submits the work, and gives the array back: the
        // next call may have its memory, which the queue's order allows.
        for (const result of once(next)) result.gpuBufferSync();
      }
    },
    done: () => device.queue.onSubmittedWorkDone(),
    read: () => Promise.all(once(next).map((result) => result.data() as Promise<Float32Array>)),
    release() {
      for (const array of slots.flat()) array.dispose();
      compiled.dispose();
    },
  };
}
