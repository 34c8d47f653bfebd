/** A GPUBuffer whose memory is the host's. */

interface MappedRange {
  readonly offset: number;
  readonly bytes: ArrayBuffer;
}

export class SimulatedBuffer {
  readonly [Symbol.toStringTag] = 'GPUBuffer';
  readonly label: string;
  readonly size: number;
  readonly usage: number;
  readonly memory: ArrayBuffer;
  mapState: GPUBufferMapState = 'unmapped';
  destroyed = false;
  private ranges: MappedRange[] = [];

  /** @param finished settles when the queue has done all it was given; rejects if some of that failed. */
  constructor(
    { label = '', size, usage, mappedAtCreation = false }: GPUBufferDescriptor,
    private readonly finished: () => Promise<void>,
  ) {
    this.label = label;
    this.size = size;
    this.usage = usage;
    this.memory = new ArrayBuffer(size);
    if (mappedAtCreation) this.mapState = 'mapped';
  }

  async mapAsync(): Promise<void> {
    if (this.mapState !== 'unmapped')
      throw new Error(`mapAsync: '${this.label}' is ${this.mapState}`);
    this.mapState = 'pending';
    try {
      await this.finished();
    } catch (error) {
      this.mapState = 'unmapped';
      throw error;
    }
    this.mapState = 'mapped';
  }

  getMappedRange(offset = 0, size = this.size - offset): ArrayBuffer {
    if (this.mapState !== 'mapped')
      throw new Error(`getMappedRange: '${this.label}' is not mapped`);
    const bytes = this.memory.slice(offset, offset + size);
    this.ranges.push({ offset, bytes });
    return bytes;
  }

  /** What was written into the ranges comes into the buffer. */
  unmap(): void {
    for (const { offset, bytes } of this.ranges) {
      new Uint8Array(this.memory).set(new Uint8Array(bytes), offset);
    }
    this.ranges = [];
    this.mapState = 'unmapped';
  }

  destroy(): void {
    this.destroyed = true;
  }
}
