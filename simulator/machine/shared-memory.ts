/** In the place of a wave: any of them, by atomic changes. */
const ATOMIC = 255;

/**
 * Memory that the waves of a workgroup share (LDS), which knows who has used a word since the last
 * barrier. What two waves do with a word between two barriers has no order, so it is an error unless
 * both only read, or both change it atomically.
 */
export class SharedMemory {
  readonly words: Uint32Array;
  /** The interval between barriers in which a word was last written or read; 0 for never. */
  private readonly written: Uint32Array;
  private readonly read: Uint32Array;
  /** The wave that wrote it last, or ATOMIC, and a bit for each that read it in that interval. */
  private readonly writer: Uint8Array;
  private readonly readers: Uint32Array;
  private interval = 1;

  /** @param names of what the WGSL declares there, for errors. */
  constructor(
    private readonly bytes: number,
    private readonly names: readonly string[],
  ) {
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
    if (written[at] === 0) {
      this.refuse(byte, 'read before it is written; no wave writes it, or a barrier is missing');
    }
    if (written[at] === interval && this.writer[at] !== wave) {
      this.refuseRace(byte, `wave ${wave} reads what ${this.writerOf(at)}`);
    }
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
      this.refuseRace(byte, `wave ${wave} writes what ${this.writerOf(at)}`);
    }
    this.checkReaders(wave, byte, at);
    this.written[at] = interval;
    this.writer[at] = wave;
    this.words[at] = word;
  }

  /**
   * Replaces a word by what `combine` makes of it, as other waves may meanwhile.
   *
   * @returns the word before.
   * @throws Error for a word that is not there, was never written, or that another wave may yet read
   * or write otherwise.
   */
  change(wave: number, byte: number, combine: (word: number) => number): number {
    const at = this.indexOf(byte, 'changed');
    const { written, writer, interval } = this;
    if (written[at] === 0) this.refuse(byte, 'changed before it is written');
    if (written[at] !== interval) writer[at] = ATOMIC;
    else if (writer[at] !== ATOMIC && writer[at] !== wave) {
      this.refuseRace(byte, `wave ${wave} changes what ${this.writerOf(at)}`);
    }
    this.checkReaders(wave, byte, at);
    written[at] = interval;
    const before = this.words[at]!;
    this.words[at] = combine(before);
    return before;
  }

  private checkReaders(wave: number, byte: number, at: number): void {
    const others = this.read[at] === this.interval ? this.readers[at]! & ~(1 << wave) : 0;
    if (others !== 0) {
      this.refuseRace(byte, `wave ${wave} writes what wave ${31 - Math.clz32(others)} read`);
    }
  }

  private writerOf(at: number): string {
    const writer = this.writer[at]!;
    return writer === ATOMIC ? 'others may change' : `wave ${writer} wrote`;
  }

  private indexOf(byte: number, done: string): number {
    if (byte % 4 !== 0 || byte + 4 > this.bytes) {
      this.refuse(byte, `${done} out of bounds, which are ${this.bytes} bytes`);
    }
    return byte >> 2;
  }

  private refuseRace(byte: number, what: string): never {
    this.refuse(byte, `${what} with no barrier between them, after ${this.interval - 1} barriers`);
  }

  private refuse(byte: number, what: string): never {
    const of = this.names.length > 0 ? ` (of ${this.names.join(', ')})` : '';
    throw new Error(`workgroup memory${of}, byte ${byte}: ${what}`);
  }
}
