import type { Engine } from '../engine/engine';
import { ENGINE_GONE, type HostArray } from '../engine/tensor';
import { bufferUsage, mapMode } from '../gpu/constants';
import { type Fault, lossTold } from '../gpu/faults';
import { bytesOf, type Region } from '../gpu/region';

/** Tokens of a step that are copied out and not yet asked for. */
interface Reading {
  readonly staging: GPUBuffer;
  readonly fault: Fault;
}

/** The way of tokens to the host, step by step in their order, through buffers that are used again. */
export class Readings {
  private readonly all: readonly GPUBuffer[];
  private readonly free: GPUBuffer[];
  private readonly unread: Reading[] = [];
  private destroyed = false;
  /** The read before, which ends first. */
  private earlier: Promise<unknown> = Promise.resolve();

  /**
   * @param rows tokens of a step.
   * @param depth steps that may be on their way at once.
   */
  constructor(
    private readonly engine: Engine,
    private readonly op: string,
    private readonly rows: number,
    private readonly depth: number,
  ) {
    this.all = Array.from({ length: depth }, () =>
      engine.runtime.createBuffer({
        label: `webgpu-softmax ${op} read`,
        size: bytesOf(rows, 'i32'),
        usage: bufferUsage.MAP_READ | bufferUsage.COPY_DST,
      }),
    );
    this.free = [...this.all];
  }

  /**
   * Where the next step's tokens are to be copied.
   *
   * @throws Error if `depth` steps are on their way.
   */
  next(): Region {
    const [buffer] = this.free;
    if (!buffer) {
      throw new Error(
        `${this.op}: as many steps as depth (${this.depth}) are not read yet; call read(), and wait for it`,
      );
    }
    return { buffer, byteOffset: 0, dtype: 'i32', count: this.rows };
  }

  /** Notes that the copy is enqueued. */
  add(fault: Fault): void {
    this.unread.push({ staging: this.free.shift()!, fault });
  }

  /** The tokens of the first step that was not asked for yet, once those before are told. */
  async read(): Promise<HostArray<'i32'>> {
    this.checkAlive();
    const reading = this.unread.shift();
    if (!reading) throw new Error(`${this.op}: no step is left to read; call next() first`);
    const tokens = this.tokensOf(reading, this.earlier);
    this.earlier = tokens.catch(() => {});
    return tokens;
  }

  private async tokensOf({ staging, fault }: Reading, earlier: Promise<unknown>) {
    const { op, engine } = this;
    const { device } = engine;
    // A buffer that could not be made cannot be mapped either; the fault tells why.
    device.pushErrorScope('validation');
    const mapped = staging
      .mapAsync(mapMode.READ)
      .then(() => {
        // At once: a device that is lost takes its mapped memory along.
        const tokens = new Int32Array(staging.getMappedRange().slice(0, 4 * this.rows));
        staging.unmap();
        return { tokens };
      })
      .catch((error: Error) => ({ error }));
    device.popErrorScope().catch(() => null);
    const [failed, outcome] = await Promise.all([fault, mapped, earlier]);
    this.free.push(staging);
    if ('error' in outcome && !this.destroyed && engine.alive) await lossTold(device);
    this.checkAlive();
    if (engine.lostMessage) throw new Error(`${op}: ${engine.lostMessage}`);
    if (failed) throw failed;
    if ('tokens' in outcome) return outcome.tokens;
    const { error: cause } = outcome;
    throw new Error(`${op}: ${engine.alive ? cause.message : ENGINE_GONE}`, { cause });
  }

  /** @throws Error if it is destroyed. */
  checkAlive(): void {
    if (this.destroyed) throw new Error(`${this.op}: it is destroyed; create another sampler`);
  }

  /** Rejects what waits. */
  destroy(): void {
    this.destroyed = true;
    for (const buffer of this.all) buffer.destroy();
  }
}
