import { bufferUsage, mapMode } from './constants';

/**
 * What the time is read from: timestamps around a compute pass, or the page's clock from submission
 * until the queue is done.
 */
export type Timer = 'timestamp-query' | 'wall clock';

/** Times one compute pass at a time. */
export class Stopwatch {
  readonly timer: Timer;
  private readonly querySet: GPUQuerySet | undefined;
  private readonly resolved: GPUBuffer | undefined;
  private readonly readable: GPUBuffer | undefined;

  /**
   * @param timer default: timestamps where the device has them.
   * @throws Error if the device has no timestamps and they are asked for.
   */
  constructor(
    private readonly device: GPUDevice,
    timer?: Timer,
  ) {
    const has = device.features.has('timestamp-query');
    if (timer === 'timestamp-query' && !has) {
      throw new Error(
        "Stopwatch: timer: expected 'wall clock' on this device, got 'timestamp-query'",
      );
    }
    this.timer = timer ?? (has ? 'timestamp-query' : 'wall clock');
    if (this.timer === 'wall clock') return;
    const [label, size] = ['webgpu-softmax timestamps', 16];
    this.querySet = device.createQuerySet({ label, type: 'timestamp', count: 2 });
    this.resolved = device.createBuffer({
      label,
      size,
      usage: bufferUsage.QUERY_RESOLVE | bufferUsage.COPY_SRC,
    });
    this.readable = device.createBuffer({
      label,
      size,
      usage: bufferUsage.MAP_READ | bufferUsage.COPY_DST,
    });
  }

  /**
   * Milliseconds that the GPU needs for what is recorded; recording it does not count.
   *
   * @throws as a rejection, Error if timestamps run backwards; what `mapAsync` throws.
   */
  async time(record: (pass: GPUComputePassEncoder) => void): Promise<number> {
    const { device, querySet, resolved, readable } = this;
    const encoder = device.createCommandEncoder({ label: 'webgpu-softmax timing' });
    const pass = encoder.beginComputePass({
      label: 'webgpu-softmax timing',
      ...(querySet && {
        timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
      }),
    });
    record(pass);
    pass.end();
    if (!querySet || !resolved || !readable) {
      const commands = encoder.finish();
      const start = performance.now();
      device.queue.submit([commands]);
      await device.queue.onSubmittedWorkDone();
      return performance.now() - start;
    }
    encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, readable.size);
    device.queue.submit([encoder.finish()]);
    await readable.mapAsync(mapMode.READ);
    const [start, end] = new BigUint64Array(readable.getMappedRange().slice(0));
    readable.unmap();
    if (end! < start!) {
      throw new Error(`the device's timestamps run backwards (${start} … ${end})`);
    }
    return Number(end! - start!) / 1e6;
  }

  destroy(): void {
    this.querySet?.destroy();
    this.resolved?.destroy();
    this.readable?.destroy();
  }
}
