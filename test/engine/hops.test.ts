/**
 * How far it is from a call to its dispatch, the first time: which named functions of `src` a reader
 * steps through, and in how many files. They are those on the stack where the call hands something on:
 * where an argument is first read, a task is added and planned, and where the device is asked for a
 * module, a pipeline, a bind group and a dispatch. What returns before that is not on the way: checks,
 * caches, and the inside of a planner and of a kernel, which give data and are read by themselves.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Call, type Planner } from '../../src/engine/call';
import { Engine } from '../../src/engine/engine';
import type { GpuTensor } from '../../src/index';
import { crossEntropyWithGrad, softmax, topK } from '../../src/index';
import { FakeDevice } from '../gpu/fake-device';
import { device as facts } from '../kernels/variants';

/** Functions by `file name`, in the order in which they are met. */
let hops: Set<string>;
let engine: Engine;

/** Notes which functions are being executed. */
function note(): void {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = Number.POSITIVE_INFINITY;
  Error.prepareStackTrace = (_, sites) => sites;
  const sites = new Error().stack as unknown as NodeJS.CallSite[];
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  for (const site of sites.reverse()) {
    const [, file] = /\/(src\/[^?]*)/.exec(site.getFileName() ?? '') ?? [];
    const name = site.getFunctionName();
    if (file && name && !/^check/.test(name)) hops.add(`${file} ${name}`);
  }
}

/** The function, noted whenever it is called. */
const noting =
  <A extends unknown[], R>(of: object, call: (...args: A) => R) =>
  (...args: A): R => {
    note();
    return call.apply(of, args);
  };

afterEach(() => vi.restoreAllMocks());

beforeEach(() => {
  hops = new Set();
  const device = new FakeDevice() as unknown as GPUDevice & Record<string, () => unknown>;
  const createEncoder = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = () => {
    const encoder = createEncoder();
    const pass = encoder.beginComputePass();
    pass.dispatchWorkgroups = noting(pass, pass.dispatchWorkgroups);
    return encoder;
  };
  for (const name of ['createShaderModule', 'createComputePipeline', 'createBindGroup'] as const) {
    Object.assign(device, { [name]: noting(device, device[name] as () => unknown) });
  }
  engine = new Engine(device, false, facts);
  const { add } = Call.prototype;
  vi.spyOn(Call.prototype, 'add').mockImplementation(function (this: Call, planner, task) {
    note();
    const planned: Planner<object> = (label, given, on) => {
      // Noted where it first looks at the task.
      let looked = false;
      const get = (of: object, name: string | symbol) => {
        if (!looked) note();
        looked = true;
        return Reflect.get(of, name);
      };
      return (planner as Planner<object>)(label, new Proxy(given, { get }), on);
    };
    add.call(this, planned, task);
  });
});

/** A tensor that notes by whom it is first looked at. */
function tensor(shape: readonly number[], dtype: 'f32' | 'i32' = 'f32'): GpuTensor {
  const made = engine.allocate('test', shape, dtype);
  let looked = false;
  return Object.defineProperty(made, 'dtype', {
    get: () => {
      if (!looked) note();
      looked = true;
      return dtype;
    },
  });
}

test.each([
  ['softmax', () => softmax(tensor([3, 8]))],
  ['crossEntropyWithGrad', () => crossEntropyWithGrad(tensor([3, 8]), tensor([3], 'i32'))],
  ['topK', () => topK(tensor([3, 8]), 2)],
])('%s: at most 15 functions in 12 files from the call to its dispatch', (_, call) => {
  call();
  const files = new Set([...hops].map((hop) => hop.split(' ')[0]));
  const all = [...hops].join('\n');
  expect(all).toMatch(/planRows|planSelect/);
  expect(hops.size, all).toBeLessThanOrEqual(15);
  expect(files.size, all).toBeLessThanOrEqual(12);
});
