/**
 * Memory that the waves of a workgroup share (LDS), which knows who has used a word since the last
 * barrier. What two waves do with a word between two barriers has no order, so it is an error unless
 * both only read.
 */
export class SharedMemory {
  readonly words: Uint32Array;
  /** The interval between barriers in which a word was last written or read; 0 for never. */
  private readonly written: Uint32Array;
  private readonly read: Uint32Array;
  /** The wave that wrote it last, and a bit for each that read it in that interval. */
  private readonly writer: Uint8Array;
  private readonly readers: Uint32Array;
  private interval = 1;

  constructor(readonly bytes: number) {
    const count = bytes / 4;
    this.words = new Uint32Array(count);
    this.written = new Uint32Array(count);
    this.read = new Uint32Array(count);
    this.writer = new Uint8Array(count);
    this.readers = new Uint32Array(count);
  }

  /** All waves have come to a barrier. */
  pass(): void {
    this.interval++;
  }

  /** Another workgroup begins, which finds nothing here. */
  clear(): void {
    this.interval = 1;
    for (const array of [this.words, this.written, this.read, this.readers]) array.fill(0);
  }

  /** @throws Error for a word that is not there, was never written, or that another wave may yet write. */
  load(wave: number, byte: number): number {
    const at = this.indexOf(byte, 'read');
    const { written, interval } = this;
    if (written[at] === 0)
      throw new Error(`workgroup memory, byte ${byte}: read before it is written`);
    if (written[at] === interval && this.writer[at] !== wave)
      this.race(byte, wave, 'reads', this.writer[at]!, 'wrote');
    const before = this.read[at] === interval ? this.readers[at]! : 0;
    this.read[at] = interval;
    this.readers[at] = before | (1 << wave);
    return this.words[at]!;
  }

  /** @throws Error for a word that is not there, or that another wave may yet read or write. */
  store(wave: number, byte: number, word: number): void {
    const at = this.indexOf(byte, 'written');
    const { interval } = this;
    if (this.written[at] === interval && this.writer[at] !== wave) {
      this.race(byte, wave, 'writes', this.writer[at]!, 'wrote');
    }
    const others = this.read[at] === interval ? this.readers[at]! & ~(1 << wave) : 0;
    if (others !== 0) this.race(byte, wave, 'writes', 31 - Math.clz32(others), 'read');
    this.written[at] = interval;
    this.writer[at] = wave;
    this.words[at] = word;
  }

  private indexOf(byte: number, done: string): number {
    if (byte % 4 !== 0 || byte < 0 || byte + 4 > this.bytes) {
      throw new Error(`workgroup memory, byte ${byte} of ${this.bytes}: ${done} out of bounds`);
    }
    return byte >> 2;
  }

  private race(byte: number, wave: number, does: string, other: number, did: string): never {
    throw new Error(
      `workgroup memory, byte ${byte}: wave ${wave} ${does} what wave ${other} ${did} with no barrier between them`,
    );
  }
}
