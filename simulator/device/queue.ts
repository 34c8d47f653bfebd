import type { SimulatedBuffer } from './buffer';
import { type Command, checkRange, type Work } from './commands';

/** Does what it is given in that order, each thing when all before it is done. */
export class SimulatedQueue {
  readonly [Symbol.toStringTag] = 'GPUQueue';
  private last: Promise<void> = Promise.resolve();
  private readonly failures: Error[] = [];

  /** @param refuse is told why something is not done at all. */
  constructor(private readonly refuse: (message: string) => void) {}

  writeBuffer(
    buffer: SimulatedBuffer,
    offset: number,
    data: ArrayBufferView | ArrayBuffer,
    dataOffset = 0,
    size?: number,
  ): void {
    const bytes = bytesOf(data, dataOffset, size);
    this.take([
      () => {
        checkRange('writeBuffer', buffer, offset, bytes.length);
        return () => {
          new Uint8Array(buffer.memory).set(bytes, offset);
        };
      },
    ]);
  }

  submit(buffers: readonly { readonly commands: readonly Command[] }[]): void {
    this.take(buffers.flatMap(({ commands }) => commands));
  }

  /** Does all of it or, if something is wrong, nothing. */
  private take(commands: readonly Command[]): void {
    let work: Work[];
    try {
      work = commands.map((command) => command());
    } catch (error) {
      this.refuse((error as Error).message);
      return;
    }
    for (const one of work) this.enqueue(one);
  }

  async onSubmittedWorkDone(): Promise<void> {
    await this.finished();
  }

  /** Keeps an error for whoever waits next. */
  fail(error: Error): void {
    this.failures.push(error);
  }

  /** @throws as a rejection, the first error of what was done, which nobody was told. */
  readonly finished = async (): Promise<void> => {
    await this.last;
    const [first] = this.failures.splice(0);
    if (first) throw first;
  };

  private enqueue(work: Work): void {
    this.last = this.last.then(work).catch((error: Error) => this.fail(error));
  }
}

/** A copy, as of now; offset and size count elements of a typed array. */
function bytesOf(data: ArrayBufferView | ArrayBuffer, offset: number, size?: number): Uint8Array {
  const view = ArrayBuffer.isView(data) ? data : new Uint8Array(data);
  const unit = (view as Uint8Array).BYTES_PER_ELEMENT ?? 1;
  const start = view.byteOffset + offset * unit;
  const length = size === undefined ? view.byteLength - offset * unit : size * unit;
  return new Uint8Array(view.buffer, start, length).slice();
}
