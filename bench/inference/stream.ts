/** Logits by the gigabyte through a stream; in a page of its own. */

import { compare } from '../../conformance/compare';
import { uniform } from '../../conformance/random';
import { createEngine } from '../../src';
import { type GpuTensor, softmax, stream } from '../../src/index';
import * as reference from '../../src/reference';

export interface StreamTask {
  readonly classes: number;
  /** Of a block. */
  readonly rows: number;
  readonly gibibytes: number;
}

export interface Streamed {
  readonly seconds: number;
  /** For as many rows that are on the GPU already. */
  readonly resident: number;
  /** For as many rows up by `writeBuffer` and down by `mapAsync`, with nothing in between. */
  readonly copies: number;
  /** Bytes at most. */
  readonly heap: number;
  readonly gpu: number;
  readonly wrong: readonly string[];
}

/** Of the blocks, those that resident rows and copies are timed on. */
const SHARE = 1 / 8;

/** Streams logits that are made on the fly, and checks some of the results. */
export async function streamed({ classes, rows, gibibytes }: StreamTask): Promise<Streamed> {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  let alive = 0;
  let gpu = 0;
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    let size = buffer.size;
    alive += size;
    gpu = Math.max(gpu, alive);
    buffer.destroy = () => {
      alive -= size;
      size = 0;
      destroy();
    };
    return buffer;
  };
  const engine = await createEngine({ device });
  const elements = rows * classes;
  const blocks = Math.ceil((gibibytes * 2 ** 30) / (4 * elements));
  // Another stretch of random numbers each time.
  const pool = uniform(1, elements + 9973, -8, 8);
  const blockAt = (i: number) => pool.subarray((i * 97) % 9973, ((i * 97) % 9973) + elements);

  const wrong: string[] = [];
  const part = Math.ceil(blocks * SHARE);
  const x = engine.tensor(blockAt(0), [rows, classes]);
  const y = softmax(x);
  await engine.done();
  const seconds = async (count: number, work: () => Promise<void>) => {
    const start = performance.now();
    await work();
    return ((performance.now() - start) / 1000) * (blocks / count);
  };
  const residents = () =>
    seconds(part, async () => {
      for (let i = 0; i < part; i++) {
        softmax(x, { out: y });
        if (i % 4 === 3) await engine.done();
      }
      await engine.done();
    });
  const copied = () =>
    seconds(part, async () => {
      const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
      const staging = [0, 1, 2].map(() => device.createBuffer({ size: 4 * elements, usage }));
      const mapped: Promise<undefined>[] = [];
      const take = async (i: number) => {
        await mapped[i];
        new Float32Array(staging[i % 3]!.getMappedRange().slice(0));
        staging[i % 3]!.unmap();
      };
      for (let i = 0; i < part; i++) {
        if (i >= 3) await take(i - 3);
        device.queue.writeBuffer(x.buffer, 0, blockAt(i));
        const encoder = device.createCommandEncoder();
        encoder.copyBufferToBuffer(y.buffer, 0, staging[i % 3]!, 0, 4 * elements);
        device.queue.submit([encoder.finish()]);
        mapped.push(staging[i % 3]!.mapAsync(GPUMapMode.READ));
      }
      for (let i = part - 3; i < part; i++) await take(i);
      for (const buffer of staging) buffer.destroy();
    });
  const before = [await residents(), await copied()] as const;
  x.destroy();
  y.destroy();
  gpu = alive;

  let heap = 0;
  function* source() {
    for (let i = 0; i < blocks; i++) yield blockAt(i);
  }
  const start = performance.now();
  let i = 0;
  let checking = 0;
  for await (const p of stream(engine, source(), (x, _, out?: GpuTensor) => softmax(x, { out }), {
    classes,
  })) {
    const { memory } = performance as unknown as { memory?: { usedJSHeapSize: number } };
    heap = Math.max(heap, memory?.usedJSHeapSize ?? 0);
    if (i % Math.ceil(blocks / 4) === 1) {
      const from = performance.now();
      const some = { data: blockAt(i).subarray(0, 8 * classes), shape: [8, classes] };
      const head = (p as Float32Array).subarray(0, 8 * classes);
      if (!compare(head, reference.softmax(some)).ok) wrong.push(`block ${i}`);
      checking += performance.now() - from;
    }
    i++;
  }
  const total = (performance.now() - start - checking) / 1000;
  if (i !== blocks) wrong.push(`${i} of ${blocks} blocks`);
  const most = gpu;
  device.destroy();
  return { seconds: total, resident: before[0], copies: before[1], heap, gpu: most, wrong };
}
