import { compare } from '../../conformance/compare';
import { sharedEngine } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import {
  createEngine,
  crossEntropy,
  type Engine,
  logSumExpVjp,
  type RegimeName,
  softmax,
  softmaxJacobian,
} from '../../src/index';
import * as reference from '../../src/reference';
import {
  bits,
  destroyAll,
  difference,
  optionCalls,
  otherCalls,
  plainCalls,
  take,
  upload,
} from './calls';

const requestDevice = async (requiredLimits: Record<string, number> = {}) =>
  (await navigator.gpu.requestAdapter())!.requestDevice({ requiredLimits });

/** An engine on the shared one's device that binds at most so many bytes. */
async function engineBinding(maxStorageBufferBindingSize: number): Promise<Engine> {
  const { device } = await sharedEngine({ adapterClass: 'cpu' });
  return createEngine({ device, adapterClass: 'cpu', maxStorageBufferBindingSize });
}

/**
 * Every operation with a small limit on bindings, against the same without it: where a bit differs
 * or it throws.
 *
 * @param names calls to make; default: all.
 */
export async function blocks(
  limit: number,
  shape: readonly number[],
  axis: number,
  names?: readonly string[],
) {
  const whole = await sharedEngine({ adapterClass: 'cpu' });
  using cut = await engineBinding(limit);
  const problems: string[] = [];
  let count = 0;
  let bindings = 0;
  let largest = 0;
  const { device } = cut;
  const bind = device.createBindGroup.bind(device);
  const of = { shape, axis };
  for (const call of [...plainCalls(of), ...optionCalls(of), ...otherCalls(of)]) {
    if (names && !names.includes(call.name)) continue;
    // Its sums over rows are made block by block.
    if (call.name === 'linearCrossEntropy') continue;
    if (call.name === 'softmaxJacobian' && shape.reduce((a, b) => a * b) > 5000) continue;
    const label = `${call.name} of [${shape.join(', ')}]`;
    const alone = upload(whole, call);
    const expected = await take(call.run(alone));
    destroyAll(alone);
    const inputs = upload(cut, call);
    device.createBindGroup = (descriptor) => {
      for (const { resource } of descriptor.entries) {
        bindings++;
        largest = Math.max(largest, (resource as GPUBufferBinding).size!);
      }
      return bind(descriptor);
    };
    try {
      const differs = difference(await take(call.run(inputs)), expected);
      if (differs) problems.push(`${label}: ${differs}`);
    } catch (error) {
      problems.push(`${label}: ${(error as Error).message.slice(0, 200)}`);
    } finally {
      Reflect.deleteProperty(device, 'createBindGroup');
    }
    destroyAll(inputs);
    count++;
  }
  await cut.done();
  return { count, problems: problems.slice(0, 20), largest, bindings };
}

/**
 * Rows for more workgroups than a device says it takes in one dimension, against those that fit:
 * the first word that differs, −1 without one, and the sizes of the grids.
 */
export async function manyRows(rows: number, maxWorkgroups: number, regime: RegimeName) {
  const whole = await sharedEngine({ adapterClass: 'cpu' });
  const { device: real } = whole;
  const few = new Proxy(real.limits, {
    get: (limits, name) =>
      name === 'maxComputeWorkgroupsPerDimension'
        ? maxWorkgroups
        : Reflect.get(limits, name, limits),
  });
  Object.defineProperty(real, 'limits', { value: few, configurable: true });
  using cut = await createEngine({ device: real, adapterClass: 'cpu' });
  Reflect.deleteProperty(real, 'limits');
  const data = logits(7, rows * 5);
  const bitsOn = async (engine: Engine) =>
    bits((await softmax(engine.tensor(data, [rows, 5]), { regime }).read()) as Float32Array);
  const wanted = await bitsOn(whole);
  const grids: [x: number, y: number][] = [];
  const { prototype } = GPUComputePassEncoder;
  const dispatch = prototype.dispatchWorkgroups;
  prototype.dispatchWorkgroups = function (x, y = 1) {
    grids.push([x, y]);
    return dispatch.call(this, x, y);
  };
  const got = await bitsOn(cut);
  prototype.dispatchWorkgroups = dispatch;
  return {
    differs: got.findIndex((word, i) => word !== wanted[i]),
    widest: Math.max(...grids.flat()),
    tallest: Math.max(...grids.map(([, y]) => y)),
  };
}

/**
 * A workgroup a row for more rows than any device must take in one dimension: each row of one element
 * gives its number.
 */
export async function manyWorkgroups(rows: number): Promise<number> {
  const engine = await createEngine();
  const x = engine.tensor(new Float32Array(rows), [rows, 1]);
  const numbers = engine.tensor(
    Float32Array.from({ length: rows }, (_, r) => r),
    [rows],
  );
  const dx = await logSumExpVjp(x, numbers, { regime: 'row-per-workgroup' }).read();
  engine.destroy();
  return dx.findIndex((value, i) => value !== i);
}

/** A tensor over the 128 MiB that a device binds by default, on rows here and there. */
export async function overTheDefaultLimit() {
  const device = await requestDevice();
  const limit = device.limits.maxStorageBufferBindingSize;
  const engine = await createEngine({ device });
  const [rows, classes] = [34_003, 1001];
  const buffer = device.createBuffer({
    size: 4 * rows * classes,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const host = new Float32Array(rows * classes);
  for (let i = 0; i < host.length; i++)
    host[i] = ((Math.imul(i, 0x9e3779b1) >>> 8) / 2 ** 24) * 16 - 8;
  device.queue.writeBuffer(buffer, 0, host);
  const x = engine.wrap(buffer, [rows, classes]);
  const inPlace = softmax(x, { out: x });
  const sampled = [0, 1, 17_000, 33_519, 33_520, 33_521, rows - 1];
  const wrong: number[] = [];
  for (const r of sampled) {
    const row = engine.wrap(buffer, [classes], { byteOffset: 4 * r * classes });
    row.fault = inPlace.fault;
    const expected = reference.softmax({
      data: host.slice(r * classes, (r + 1) * classes),
      shape: [classes],
    });
    if (!compare((await row.read()) as Float32Array, expected).ok) wrong.push(r);
  }
  await engine.done();
  device.destroy();
  return { limit, bytes: 4 * rows * classes, wrong };
}

/** What a limit makes impossible: the errors. */
export async function impossible(): Promise<Record<string, string>> {
  using engine = await engineBinding(64 * 1024);
  const zeros = (...shape: number[]) =>
    engine.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const said = (call: () => unknown) => {
    try {
      call();
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const long = zeros(1, 16_384);
  const weights = zeros(20_000);
  const errors = {
    row: said(() => softmax(long, { regime: 'row-per-workgroup' })),
    weights: said(() => crossEntropy(zeros(1, 20_000), [0], { classWeights: weights })),
    mask: said(() => softmax(zeros(2, 1, 20_000), { mask: zeros(20_000) })),
    jacobianInput: said(() => softmaxJacobian(zeros(2, 20_000), { axis: 0 })),
    jacobianOutput: said(() => softmaxJacobian(zeros(1, 40_000))),
  };
  const y = await softmax(zeros(1, 4)).read();
  return { ...errors, after: [...y].join() };
}
