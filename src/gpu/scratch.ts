import { tensorUsage } from './region';

/** Buffers for intermediate results, reused from call to call. */
export class ScratchPool {
  /** The one used last comes first. */
  private readonly free: GPUBuffer[] = [];
  private readonly taken: GPUBuffer[] = [];

  /** @param frees whether buffers that are too many may be destroyed at `release`. */
  constructor(
    private readonly create: (descriptor: GPUBufferDescriptor) => GPUBuffer,
    private readonly frees = true,
  ) {}

  /**
   * A buffer of at least this many bytes, until `release`: the smallest that fits, and of equal ones
   * the one used last, so that a repeated call takes the same buffers in the same order.
   */
  take(bytes: number): GPUBuffer {
    const buffer =
      takeFit(this.free, bytes) ??
      this.create({
        label: 'webgpu-softmax scratch',
        size: roundUp(bytes),
        usage: tensorUsage,
      });
    this.taken.push(buffer);
    return buffer;
  }

  /** Once what uses them is submitted: the queue's order keeps later users apart. */
  release(): void {
    this.free.unshift(...this.taken.splice(0));
    if (this.frees) for (const buffer of this.free.splice(MAX_FREE)) buffer.destroy();
  }

  destroy(): void {
    this.release();
    for (const buffer of this.free.splice(0)) buffer.destroy();
  }
}

/** Takes the smallest buffer of at least this many bytes out of a list; of equal ones the first. */
export function takeFit(buffers: GPUBuffer[], bytes: number): GPUBuffer | undefined {
  const fit = buffers
    .filter(({ size }) => size >= bytes)
    .reduce<GPUBuffer | undefined>((a, b) => (a && a.size <= b.size ? a : b), undefined);
  if (fit) buffers.splice(buffers.indexOf(fit), 1);
  return fit;
}

/** A call takes twelve at most: three for each of three kernels, and two sums over rows. */
const MAX_FREE = 16;

/** Powers of two find new uses; large buffers are not made larger than they must be. */
const roundUp = (bytes: number) =>
  bytes > 2 ** 26 ? 4 * Math.ceil(bytes / 4) : Math.max(256, 2 ** Math.ceil(Math.log2(bytes)));
