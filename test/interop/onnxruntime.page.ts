import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import { FLOAT, INT64, onnxModel } from '../../bench/peers/onnx-model';
import { compare } from '../../conformance/compare';
import { logits } from '../../conformance/random';
import { crossEntropy, f16, linearCrossEntropy, sampler, softmax, topK } from '../../src/index';
import { createEngineOn, fromOrt, toOrt } from '../../src/interop/onnxruntime';
import * as reference from '../../src/reference';
import { badSoftmax } from './bad';
import { countCopies } from './count';

const dims = [64, 1000];

const session = (type: string, attributes = {}, output?: typeof INT64) => {
  const nodes = [{ type, inputs: ['x'], output: 'y', attributes }];
  return ort.InferenceSession.create(onnxModel(dims, nodes, {}, output), {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
};

function findWasm() {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: wasmUrl };
}

/** From a session of the runtime's through softmax and top-k into the next session. */
export async function roundTrip() {
  findWasm();
  const early = await createEngineOn(ort).then(
    () => 'an engine',
    (error: Error) => error.message,
  );
  const negate = await session('Neg');
  const own = await session('Softmax', { axis: 1 });
  const engine = await createEngineOn(ort);
  const data = logits(1, 64_000);
  const negated = data.map((v) => -v);
  const copies = countCopies(engine.device);

  const y = (await negate.run({ x: new ort.Tensor('float32', negated, dims) })).y!;
  copies.take();
  const x = fromOrt(engine, y);
  const p = softmax(x);
  const best = topK(x, 5);
  const out = toOrt(ort, p);
  const between = copies.take();
  const same = x.buffer === y.gpuBuffer && out.gpuBuffer === p.buffer;

  // The runtime reads our buffer, and its own softmax the one that we read.
  const back = (await negate.run({ x: out })).y!;
  const theirs = (await own.run({ x: y })).y!;
  const expected = reference.softmax({ data, shape: dims });
  const ours = ((await back.getData()) as Float32Array).map((v) => -v);
  const indices = await best.indices.read();
  const result = {
    early,
    same,
    between,
    ours: compare(ours, expected).ok,
    theirs: compare((await theirs.getData()) as Float32Array, expected).ok,
    picks: indices.join() === reference.topK({ data, shape: dims }, 5).indices.join(),
    refused: [] as string[],
    destroyed: false,
  };
  for (const bad of [new ort.Tensor('float32', data, dims), 5]) {
    try {
      fromOrt(engine, bad as ort.Tensor);
    } catch (error) {
      result.refused.push((error as Error).message);
    }
  }
  out.dispose();
  result.destroyed = p.destroyed;
  for (const tensor of [y, back, theirs]) tensor.dispose();
  await engine.done();
  await negate.release();
  return result;
}

/** Class indices of int64, of a session's and of every size: as i32, and what a loss makes of them. */
export async function int64() {
  findWasm();
  const classify = await session('Cast', { to: INT64 }, INT64);
  const engine = await createEngineOn(ort);
  const { device } = engine;
  const numbers = BigInt64Array.of(
    ...[
      0n,
      5n,
      -100n,
      -1n,
      6n,
      2n ** 31n - 1n,
      2n ** 31n,
      2n ** 32n,
      2n ** 32n + 3n,
      2n ** 63n - 1n,
    ],
    ...[-(2n ** 31n), -(2n ** 31n) - 1n, -(2n ** 32n) - 100n, -(2n ** 63n)],
  );
  const rows = numbers.length;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ size: numbers.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, numbers);
  const theirs = ort.Tensor.fromGpuBuffer(buffer, { dataType: 'int64', dims: [rows] });
  const copies = countCopies(device);
  const targets = fromOrt(engine, theirs);
  const between = copies.take();
  // The copy is enqueued: theirs may go.
  buffer.destroy();
  const x = engine.tensor(logits(1, rows * 6), [rows, 6]);
  const loss = await crossEntropy(x, targets, { reduction: 'none' }).loss.read();
  const layer = engine.tensor(logits(2, 18), [6, 3]);
  const batch = linearCrossEntropy(engine.tensor(logits(3, 12), [4, 3]), layer, [0, 1, 2, 3], {
    rows: targets,
    wants: [],
    reduction: 'none',
  });
  const picked = await batch.loss.read();
  const values = [...(await targets.read())];
  const { bytes } = engine.memory;
  targets.destroy();
  const freed = bytes - engine.memory.bytes;

  // A session's own, and one that the runtime has on the host.
  const classes = Float32Array.from({ length: 64_000 }, (_, i) => (i * 7) % 10);
  const y = (await classify.run({ x: new ort.Tensor('float32', classes, dims) })).y!;
  const wide = engine.tensor(logits(4, 640_000), [64, 1000, 10]);
  const onGpu = crossEntropy(wide, fromOrt(engine, y));
  y.dispose();
  const host = new ort.Tensor('int64', BigInt64Array.from(classes, BigInt), dims);
  const onHost = crossEntropy(wide, host.data as BigInt64Array);
  const same = (await onGpu.loss.read())[0] === (await onHost.loss.read())[0];
  const kinds = (losses: Float32Array) =>
    [...losses].map((v) => (Number.isNaN(v) ? 'NaN' : v === 0 ? '0' : v > 0 ? '+' : '-'));
  await engine.done();
  await classify.release();
  return {
    between,
    freed,
    values,
    loss: kinds(loss),
    picked: kinds(picked),
    type: y.type,
    same,
  };
}

/** What the runtime reads of tensors of ours, by its own means. */
export async function downloads() {
  findWasm();
  const negate = await session('Neg');
  const engine = await createEngineOn(ort, { f16 });
  const { device } = engine;
  const halves = Uint16Array.of(0x3c00, 0x8000, 0x7e01, 0xfc00, 1);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ size: 16, usage });
  device.queue.writeBuffer(buffer, 0, Uint16Array.of(...halves, 0));
  const tensors = {
    f32: engine.tensor([1, -0.5, 3], [3]),
    f16: engine.wrap(buffer, [5], { dtype: 'f16' }),
    i32: engine.tensor(Int32Array.of(-1, 2 ** 31 - 1), [2, 1]),
    u32: engine.tensor(Uint32Array.of(1, 2 ** 32 - 1), [2]),
    nothing: engine.tensor([], [0, 3]),
  };
  const read: Record<string, unknown> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    const theirs = toOrt(ort, tensor);
    const data = (await theirs.getData()) as Float32Array;
    const { buffer: memory, byteOffset, length } = data;
    read[name] = {
      isTheirs:
        data.constructor === new ort.Tensor(theirs.type as 'float32', [], [0]).data.constructor,
      values: name === 'f16' ? [...new Uint16Array(memory, byteOffset, length)] : [...data],
      location: theirs.location,
      kept: !tensor.destroyed,
    };
    theirs.dispose();
    if (!tensor.destroyed) read[name] = 'not disposed of';
  }
  const released = engine.tensor([1, 2], [2]);
  const last = [...((await toOrt(ort, released).getData(true)) as Float32Array)];
  const failed = toOrt(ort, badSoftmax(engine));
  const reason = await failed.getData().then(String, (error: Error) => error.message);
  // Nor does it stay under way: whoever asks again is told again.
  const again = await failed.getData().then(String, (error: Error) => error.message);
  failed.dispose();
  await engine.done().catch(() => {});
  await negate.release();
  return { read, last, released: released.destroyed, reason, again: again === reason };
}

/** A sampler's tokens as the int64 input of a session, and what is refused. */
export async function tokens() {
  findWasm();
  const dims = [3, 1];
  const nodes = [{ type: 'Cast', inputs: ['x'], output: 'y', attributes: { to: FLOAT } }];
  const cast = await ort.InferenceSession.create(onnxModel(dims, nodes, {}, FLOAT, INT64), {
    executionProviders: ['webgpu'],
  });
  const engine = await createEngineOn(ort);
  const x = engine.tensor([0, 0, 90, NaN, 0, 0, 0, 90, 0], [3, 3]);
  const draws = sampler(engine, { rows: 3, classes: 3, seed: 1, dtype: 'int64', depth: 0 });
  const { tokens: words } = draws.next(x);
  const ids = toOrt(ort, words, { type: 'int64', dims });
  const { y } = await cast.run({ x: ids });
  const refused = [
    () => toOrt(ort, x, { type: 'int64' }),
    () => toOrt(ort, words, { type: 'int64', dims: [4] }),
    () => toOrt(ort, words, { type: 'int32' as 'int64' }),
  ].map((call) => {
    try {
      return String(call());
    } catch (error) {
      return String(error);
    }
  });
  const result = {
    type: ids.type,
    dims: ids.dims,
    data: [...((await ids.getData()) as BigInt64Array)].map(String),
    seen: [...((await y!.getData()) as Float32Array)],
    refused,
  };
  await engine.done();
  await cast.release();
  return result;
}
