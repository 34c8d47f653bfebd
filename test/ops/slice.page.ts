/** Rows of a tensor, of f16 beginning anywhere: what they give, what they leave alone, how they end. */

import { sharedEngine } from '../../conformance/engine';
import { logits, normal } from '../../conformance/random';
import { fromHalves, toHalves } from '../../src/gpu/half';
import type { HalfConversion } from '../../src/gpu/halves';
import {
  createEngine,
  crossEntropy,
  crossEntropyGrad,
  type Engine,
  f16,
  type GpuTensor,
  linearCrossEntropy,
  logSoftmax,
  softmax,
  softmaxJacobian,
  softmaxVjp,
  stream,
} from '../../src/index';
import * as reference from '../../src/reference';

const POISON = 0x5555;

/** A tensor of halves whose last word, where it is half empty, ends in poison. */
function halves(engine: Engine, bits: Uint16Array, shape: readonly number[]): GpuTensor {
  const whole = new Uint16Array(2 * Math.ceil(bits.length / 2)).fill(POISON);
  whole.set(bits);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = engine.device.createBuffer({ size: whole.byteLength, usage });
  engine.device.queue.writeBuffer(buffer, 0, whole);
  return engine.wrap(buffer, shape, { dtype: 'f16' });
}

/** All halves of the buffer that a tensor is in. */
async function allBits(engine: Engine, { buffer }: GpuTensor): Promise<Uint16Array> {
  const words = await engine.wrap(buffer, [buffer.size / 4], { dtype: 'u32' }).read();
  return new Uint16Array(words.buffer);
}

const firstOther = (got: ArrayLike<number>, wanted: ArrayLike<number>) =>
  got.length === wanted.length
    ? Array.from(wanted).findIndex((value, i) => got[i] !== value)
    : got.length;

const poisoned = (count: number) => new Uint16Array(count).fill(POISON);

/** Rows written one by one into a tensor of poison: by each way the first other half, −1 without. */
export async function rowByRow(halfConversion: HalfConversion): Promise<Record<string, number>> {
  const engine = await sharedEngine({ adapterClass: 'cpu', halfConversion });
  const found: Record<string, number> = {};
  for (const length of [3, 36, 257]) {
    const shape = [5, length];
    const count = 5 * length;
    const x = halves(engine, toHalves(logits(length, count)).subarray(0, count), shape);
    const v = halves(engine, toHalves(normal(length, count)).subarray(0, count), shape);
    const ways: Record<string, (row: (t: GpuTensor) => GpuTensor, out?: GpuTensor) => GpuTensor> = {
      softmax: (row, out) => softmax(row(x), { out }),
      softmaxVjp: (row, out) => softmaxVjp(row(x), row(v), out ? { out } : {}),
      crossEntropyGrad: (row, out) =>
        crossEntropyGrad(row(x), row(v), { reduction: 'sum', ...(out && { out }) }),
      // An f32 input, whose result is converted.
      logSoftmax: (row, out) => logSoftmax(row(x), { scale: 0.5, out }),
    };
    for (const [name, call] of Object.entries(ways)) {
      const wanted = (
        await allBits(
          engine,
          call((t) => t),
        )
      ).subarray(0, count);
      // One call after the other, each row beside one that is there already or is not.
      const y = halves(engine, poisoned(count), shape);
      const expected = poisoned(count);
      for (const r of [1, 3, 0, 4, 2]) {
        call((t) => t.slice(r, r + 1), y.slice(r, r + 1));
        expected.set(wanted.subarray(r * length, (r + 1) * length), r * length);
        if (r !== 3) continue;
        const partly = (await allBits(engine, y)).subarray(0, count);
        found[`${length} ${name}, half of them`] = firstOther(partly, expected);
      }
      const all = await allBits(engine, y);
      found[`${length} ${name}`] = firstOther(all.subarray(0, count), wanted);
      found[`${length} ${name}, after the last`] = firstOther(
        all.subarray(count),
        poisoned(count % 2),
      );
    }
    // In place, and from row to row of one buffer: recorded together.
    const wanted = (await allBits(engine, softmax(x))).subarray(0, count);
    const given = (await allBits(engine, x)).subarray(0, count);
    const encoder = engine.device.createCommandEncoder();
    softmax(x.slice(0, 1), { out: x.slice(3, 4), encoder });
    softmax(x.slice(1, 2), { out: x.slice(1, 2), encoder });
    softmax(x.slice(2, 3), { out: x.slice(4), encoder });
    engine.device.queue.submit([encoder.finish()]);
    const row = (of: Uint16Array, r: number) => of.subarray(r * length, (r + 1) * length);
    const expected = given.slice();
    for (const [to, from] of [
      [3, 0],
      [1, 1],
      [4, 2],
    ] as const) {
      expected.set(row(wanted, from), to * length);
    }
    found[`${length} in one buffer`] = firstOther(
      (await allBits(engine, x)).subarray(0, count),
      expected,
    );
  }
  // A row of whole words gives the same bits wherever it begins.
  for (const length of [38, 4102]) {
    const bits = toHalves(logits(length, length));
    const apart = await allBits(engine, softmax(halves(engine, bits, [1, length])));
    const moved = halves(engine, Uint16Array.of(POISON, ...bits), [1 + length]).slice(1);
    const x = engine.wrap(moved.buffer, [1, length], {
      dtype: 'f16',
      byteOffset: moved.byteOffset,
    });
    softmax(x, { out: x });
    found[`${length} on half a word`] = firstOther(
      await allBits(engine, x),
      Uint16Array.of(POISON, ...apart, POISON),
    );
  }
  // A Jacobian of a row that begins on half a word, onto half a word.
  const y = halves(engine, toHalves([9, 0.25, 0.75, 9]), [4]);
  const square = halves(engine, poisoned(6), [6]);
  softmaxJacobian(y.slice(1, 3), {
    out: engine.wrap(square.buffer, [2, 2], { dtype: 'f16', byteOffset: 2 }),
  });
  const entries = toHalves([0.1875, -0.1875, -0.1875, 0.1875]);
  found.jacobian = firstOther(await allBits(engine, square), [POISON, ...entries, POISON]);
  await engine.done();
  return found;
}

/** What slices say of themselves, and what is said where there are none. */
export async function life(): Promise<Record<string, unknown>> {
  const engine = await createEngine({ f16 });
  const said = async (work: () => unknown) => {
    try {
      await work();
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const x = engine.tensor([1, 2, 3, 4, 5, 6], [3, 2]);
  const middle = x.slice(1, 2);
  const inner = x.slice(1).slice(1);
  const half = engine.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3], { dtype: 'f16' });
  const shapes = [x.slice(), x.slice(2), x.slice(3), x.slice(0, 0), middle, inner];
  const short = engine.device.createBuffer({ size: 6, usage: GPUBufferUsage.STORAGE });
  const whole = engine.device.createBuffer({ size: 8, usage: GPUBufferUsage.STORAGE });
  const result: Record<string, unknown> = {
    shapes: shapes.map(({ shape }) => shape.join('×')),
    numbers: [...(await middle.read()), ...(await inner.read())],
    halves: [...(await half.slice(1, 2).read()), ...(await half.slice(1).read())],
    shared: shapes.every(({ buffer, dtype }) => buffer === x.buffer && dtype === 'f32'),
    'from below': await said(() => x.slice(-1)),
    'from above': await said(() => x.slice(4)),
    'from a half': await said(() => x.slice(0.5)),
    'to before from': await said(() => x.slice(2, 1)),
    'to above': await said(() => x.slice(0, 4)),
    scalar: await said(() => engine.tensor([1], []).slice(0, 0)),
    'half a word at the end': await said(() =>
      engine.wrap(whole, [3], { dtype: 'f16', byteOffset: 2 }),
    ),
    'no whole word': await said(() => engine.wrap(short, [3], { dtype: 'f16' })),
    'half a half': await said(() => engine.wrap(whole, [1], { dtype: 'f16', byteOffset: 1 })),
    'half an f32': await said(() => engine.wrap(whole, [1], { byteOffset: 2 })),
    overlap: await said(() => softmax(half.slice(0, 2), { out: half.slice(1) })),
  };
  // Two results of one call in one tensor.
  const both = engine.tensor(new Float32Array(4), [4]);
  const logSumExp = both.slice(2);
  crossEntropy(x.slice(1), [0, 1], {
    reduction: 'none',
    out: { loss: both.slice(0, 2), logSumExp },
  });
  result.results = [...(await both.read())].map((v) => v.toFixed(3)).join(' ');
  result.empty = [...(await softmax(x.slice(3)).read())].length;
  const { dX } = linearCrossEntropy(x.slice(3), x, []);
  result['empty layer'] = dX.shape.join();
  // Each slice is its own to end; with the whole they end all.
  const { bytes } = engine.memory;
  middle.destroy();
  result['a slice that is destroyed'] = await said(() => softmax(middle));
  result['the whole after it'] = await said(() => x.read());
  result['freed with a slice'] = bytes - engine.memory.bytes;
  x.destroy();
  result['freed with the whole'] = bytes - engine.memory.bytes;
  result['of a destroyed tensor'] = await said(() => softmax(inner));
  result['read of it'] = await said(() => inner.read());
  result['a slice of it'] = await said(() => inner.slice());
  result['a slice of a destroyed one'] = await said(() => x.slice(0, 1));
  engine.destroy();
  return result;
}

/** What failed on the GPU is told by the whole for its slice, and by a slice for the whole. */
export async function faults(): Promise<Record<string, string>> {
  const engine = await createEngine({ f16 });
  const adapter = (await navigator.gpu.requestAdapter())!;
  const foreign = await adapter.requestDevice();
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const x = engine.wrap(foreign.createBuffer({ size: 32, usage }), [2, 4]);
  const told = (read: Promise<unknown>) =>
    read.then(
      () => 'nothing',
      (error: Error) => error.message.split(':')[0]!,
    );
  const made = softmax(x);
  const into = engine.tensor(new Float32Array(8), [2, 4]);
  softmax(x.slice(0, 1), { out: into.slice(1) });
  const found = {
    'a slice of what failed': await told(made.slice(1).read()),
    'a slice of that': await told(made.slice(0, 2).slice(1).read()),
    'a whole of which a slice failed': await told(into.read()),
    'a whole that is written again': '',
  };
  softmax(engine.tensor(new Float32Array(8), [2, 4]), { out: into });
  found['a whole that is written again'] = await told(into.slice(1).read());
  await engine.done().catch(() => {});
  engine.destroy();
  foreign.destroy();
  return found;
}

/** Streams whose function returns a row of its block: of halves, beginning on half a word. */
export async function streamed(): Promise<{ got: number[]; wanted: number[] }> {
  const engine = await sharedEngine();
  const data = fromHalves(toHalves(logits(5, 15)).subarray(0, 15));
  const got: number[] = [];
  const options = { classes: 5, dtype: 'f16' } as const;
  const source = [data, data.map((v) => -v)];
  for await (const row of stream(engine, source, (x) => softmax(x).slice(1, 2), options)) {
    got.push(...row);
  }
  const wanted = source.flatMap((block) => [
    ...reference.softmax({ data: block.subarray(5, 10), shape: [1, 5] }).data,
  ]);
  return { got, wanted };
}
