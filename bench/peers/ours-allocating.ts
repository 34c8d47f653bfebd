/** This library without `out`: every call makes its result, which is given back at once. */
import { createEngine, logSoftmax, softmax } from '../../src';
import { upload } from './operands';
import type { Peer } from './peer';

const operations = { softmax, logSoftmax };

export async function open(): Promise<Peer> {
  const engine = await createEngine();
  return {
    device: engine.device,
    async prepare(op, { shape: { dims, axis }, host, copies }) {
      if (op !== 'softmax' && op !== 'logSoftmax')
        throw new Error(`${op} is not called without out`);
      const buffers = upload(engine.device, host.x, copies);
      const inputs = buffers.map((buffer) => engine.wrap(buffer, dims));
      const once = (call: number) => operations[op](inputs[call % copies]!, { axis });
      let next = 0;
      return {
        run(calls) {
          for (const end = next + calls; next < end; next++) once(next).destroy();
        },
        done: () => engine.done(),
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
