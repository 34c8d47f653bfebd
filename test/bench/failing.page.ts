/** A made-up library for the comparison: every operation of it fails in another way. */
import type { Peer } from '../../bench/peers/peer';
import { elementsOf } from '../../bench/shapes';

export async function open(): Promise<Peer> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  return {
    device,
    async prepare(op, { shape, host }) {
      if (op === 'softmaxVjp') throw new Error('no such thing\nat all');
      const zeros = new Float32Array(elementsOf(shape));
      // The right result of a log-softmax whose device goes away, and of nothing else.
      const right = async () => {
        const reference = await import('../../src/reference');
        return Float32Array.from(reference.logSoftmax(host.x, { axis: shape.axis }).data);
      };
      return {
        run: () => {
          if (op === 'logSoftmax') device.destroy();
        },
        done: () => device.queue.onSubmittedWorkDone(),
        read: () => {
          if (op === 'crossEntropyWithGrad') return new Promise<never>(() => {});
          return op === 'logSoftmax' ? right().then((data) => [data]) : Promise.resolve([zeros]);
        },
        release() {},
      };
    },
  };
}
