import { bufferUsage, mapMode } from '../src/gpu/constants';
import { tensorUsage } from '../src/gpu/region';
import type { Engine } from '../src/index';

/** A range of a buffer, from its start, that is to be read. */
export interface Extent {
  readonly buffer: GPUBuffer;
  /** In bytes, a multiple of 4. */
  readonly size: number;
}

const STAGING = bufferUsage.MAP_READ | bufferUsage.COPY_DST;

/** Where a range starts in what is read back, so that any typed array may begin there. */
const aligned = (bytes: number) => Math.ceil(bytes / 256) * 256;

/**
 * The GPU memory of a run of cases. Its buffers are used again from batch to batch: on a software adapter
 * fresh memory costs more than most kernels that work on it.
 */
export class Arena {
  /** Buffers that nothing uses, by usage and size. */
  private readonly free = new Map<string, GPUBuffer[]>();
  private readonly all: GPUBuffer[] = [];
  /** Buffers full of a pattern, to copy from. */
  private readonly patterns = new Map<string, GPUBuffer>();

  constructor(readonly engine: Engine) {}

  /** A buffer for a tensor, of at least so many bytes; what it holds is left from before. */
  take(bytes: number): GPUBuffer {
    return this.takeFor(tensorUsage, bytes);
  }

  private takeFor(usage: GPUBufferUsageFlags, bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    const found = this.free.get(`${usage} ${size}`)?.pop();
    return found ?? this.make({ usage, size });
  }

  private make(descriptor: GPUBufferDescriptor): GPUBuffer {
    const buffer = this.engine.device.createBuffer(descriptor);
    this.all.push(buffer);
    return buffer;
  }

  /** Gives buffers back, once the GPU is done with them. */
  release(buffers: Iterable<GPUBuffer>): void {
    for (const buffer of buffers) {
      const key = `${buffer.usage} ${buffer.size}`;
      const free = this.free.get(key);
      if (free) free.push(buffer);
      else this.free.set(key, [buffer]);
    }
  }

  /** Puts words into a range of a buffer, over and over; those at its start as if they began there. */
  fill(encoder: GPUCommandEncoder, { buffer, size }: Extent, words: readonly number[], from = 0) {
    const start = from % (4 * words.length);
    const source = this.full(words, start + size - from);
    encoder.copyBufferToBuffer(source, start, buffer, from, size - from);
  }

  private full(words: readonly number[], bytes: number): GPUBuffer {
    const key = words.join();
    const known = this.patterns.get(key);
    if (known && known.size >= bytes) return known;
    const usage = bufferUsage.COPY_SRC;
    const buffer = this.make({ usage, size: sizeClass(bytes), mappedAtCreation: true });
    const mapped = new Uint32Array(buffer.getMappedRange());
    // A fill is many times faster than a loop.
    if (words.length === 1) mapped.fill(words[0]!);
    else for (let i = 0; i < mapped.length; i++) mapped[i] = words[i % words.length]!;
    buffer.unmap();
    this.patterns.set(key, buffer);
    return buffer;
  }

  /**
   * Copies ranges to the host in one read-back, and hands their words to `use`; they are gone after that.
   *
   * @throws Error if the device is lost, or has no memory left.
   */
  async read<T>(extents: readonly Extent[], use: (words: Uint32Array[]) => T): Promise<T> {
    if (extents.length === 0) return use([]);
    const { device } = this.engine;
    const places: number[] = [];
    let bytes = 0;
    for (const { size } of extents) {
      places.push(bytes);
      bytes += aligned(size);
    }
    const staging = this.takeFor(STAGING, bytes);
    const encoder = device.createCommandEncoder();
    for (const [i, { buffer, size }] of extents.entries()) {
      encoder.copyBufferToBuffer(buffer, 0, staging, places[i]!, size);
    }
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(mapMode.READ, 0, bytes);
    try {
      const mapped = staging.getMappedRange(0, bytes);
      return use(extents.map(({ size }, i) => new Uint32Array(mapped, places[i]!, size / 4)));
    } finally {
      staging.unmap();
      this.release([staging]);
    }
  }

  destroy(): void {
    for (const buffer of this.all.splice(0)) buffer.destroy();
    this.free.clear();
    this.patterns.clear();
  }
}

/** The power of two, or one and a half of it, that so many bytes fit in. */
function sizeClass(bytes: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(bytes, 1024)));
  return bytes <= 0.75 * power ? 0.75 * power : power;
}
