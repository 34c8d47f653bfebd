/** This library without `out`: every call makes its result, which is given back at once. */
import { createSoftmax } from '../../src';
import { upload } from './operands';
import type { Peer } from './peer';

export async function open(): Promise<Peer> {
  const sm = await createSoftmax();
  return {
    device: sm.device,
    async prepare(op, { shape: { dims, axis }, host, copies }) {
      if (op !== 'softmax' && op !== 'logSoftmax')
        throw new Error(`${op} is not called without out`);
      const buffers = upload(sm.device, host.x, copies);
      const inputs = buffers.map((buffer) => sm.wrap(buffer, dims));
      const once = (call: number) => sm[op](inputs[call % copies]!, { axis });
      let next = 0;
      return {
        run(calls) {
          for (const end = next + calls; next < end; next++) once(next).destroy();
        },
        done: () => sm.done(),
        async read() {
          using result = once(next);
          return [await result.read()];
        },
        release() {
          for (const buffer of buffers) buffer.destroy();
        },
      };
    },
  };
}
