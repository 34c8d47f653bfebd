/** What running a call makes, keeps and frees, on a device that notes it. */
import { beforeEach, expect, test } from 'vitest';
import { Call, type RecordTarget } from '../../src/engine/call';
import type { Engine } from '../../src/engine/engine';
import { runCall } from '../../src/engine/run-call';
import type { Runtime } from '../../src/engine/runtime';
import type { DeviceFacts } from '../../src/gpu/adapter';
import { tensorUsage } from '../../src/gpu/region';
import { planConvert } from '../../src/map/convert';
import { planMove } from '../../src/map/move';
import { planRows } from '../../src/rows/plan';
import { type FakeBuffer, FakeDevice } from '../gpu/fake-device';
import { device as planned, taskOf } from './variants';

let device: FakeDevice;
let runtime: Runtime;
beforeEach(() => {
  device = new FakeDevice();
  runtime = device.runtime(planned);
});

const newCall = (target: RecordTarget = {}) => new Call('test', {} as Engine, target, []);

/** The buffers that a call is given which needs this many of scratch. */
function scratchOf(count: number, target: RecordTarget = {}): FakeBuffer[] {
  const call = newCall(target);
  const regions = Array.from({ length: count }, () => call.scratch(64));
  // A copy of each says which it is given.
  for (const from of regions) call.add(planMove, { from, to: regions[0]! });
  runCall(runtime, call);
  const named = device.commands.flatMap(([name, from]) =>
    name === 'copyBufferToBuffer' ? [from as FakeBuffer] : [],
  );
  device.commands.length = 0;
  return named;
}

const alive = (buffers: readonly FakeBuffer[]) =>
  buffers.filter(({ destroyed }) => !destroyed).length;

test('scratch of recorded work outlives the call, however much it is', () => {
  const buffers = scratchOf(40, { encoder: device.createCommandEncoder() });
  expect(alive(buffers)).toBe(40);
  runtime.clear();
  expect(alive(buffers)).toBe(40);
});

test('recorded work takes no scratch of another encoder, nor of what is submitted', () => {
  const encoders = [device.createCommandEncoder(), device.createCommandEncoder(), undefined];
  const buffers = encoders.flatMap((encoder) => scratchOf(3, { encoder }));
  expect(new Set(buffers).size).toBe(9);
  expect(buffers.slice(0, 3)).toContain(scratchOf(1, { encoder: encoders[0] })[0]);
});

test('scratch of submitted work is kept for other calls, up to 16 buffers', () => {
  const buffers = scratchOf(40);
  expect(new Set(buffers).size).toBe(40);
  expect(alive(buffers)).toBe(16);
  expect(buffers).toContain(scratchOf(1)[0]);
});

test('two planners of equal tasks each have a program of their own', () => {
  const buffer = device.createBuffer({ size: 64, usage: tensorUsage });
  const place = { buffer, byteOffset: 0, count: 8 };
  const task = { from: { ...place, dtype: 'f16' }, to: { ...place, dtype: 'f32' } } as const;
  const made: string[] = [];
  const planner = (name: string) => (label: string, given: typeof task, on: DeviceFacts) => {
    made.push(name);
    return planConvert(label, given, on);
  };
  const [one, other] = [planner('one'), planner('other')];
  const call = newCall();
  for (const plans of [one, other, one, other]) call.add(plans, task);
  runCall(runtime, call);
  expect(made).toEqual(['one', 'other']);
});

test('uniforms that are forgotten are freed, unless recorded commands may read them', () => {
  const call = (length: number, encoder?: GPUCommandEncoder) => {
    const call = newCall({ encoder });
    call.add(planRows, taskOf('softmax', { length }));
    runCall(runtime, call);
  };
  call(100);
  call(200, device.createCommandEncoder());
  const uniforms = device.buffers.filter(({ label }) => label === 'webgpu-softmax params');
  expect(alive(uniforms)).toBe(2);
  runtime.retune([]);
  expect(uniforms.map(({ destroyed }) => destroyed)).toEqual([true, false]);
});

test('long work is cut into submissions, and each begins a pass of its own', () => {
  const on = { ...planned, maxElements: 4000 };
  const call = newCall();
  call.add(planRows, taskOf('softmax', { length: 4000 }));
  runCall(device.runtime(on), call);
  const dispatches = device.commands.filter(([name]) => name === 'dispatchWorkgroups');
  expect(dispatches).toHaveLength(2);
  expect(device.submissions).toBe(2);
  expect(device.commands.filter(([name]) => name === 'end')).toHaveLength(2);
});

test('equal tasks on other buffers have one program, and bind groups of their own', () => {
  const make = (label: string) => device.createBuffer({ label, size: 64, usage: tensorUsage });
  const [a, b, c, d] = [make('a'), make('b'), make('c'), make('d')];
  const place = { byteOffset: 0, count: 8 };
  const convert = (from: GPUBuffer, to: GPUBuffer) => {
    const call = newCall();
    const source = { buffer: from, ...place, dtype: 'f16' } as const;
    call.add(planConvert, { from: source, to: { buffer: to, ...place, dtype: 'f32' } });
    runCall(runtime, call);
    const [, , group] = device.commands.findLast(([name]) => name === 'setBindGroup')!;
    return group as { entries: { resource: GPUBufferBinding }[] };
  };
  const groups = [convert(a, b), convert(c, d), convert(a, b)] as const;
  const labels = groups.map(({ entries }) =>
    entries
      .slice(1)
      .map(({ resource }) => resource.buffer.label)
      .join(),
  );
  expect(labels).toEqual(['a,b', 'c,d', 'a,b']);
  expect(groups[2]).toBe(groups[0]);
  const uniforms = device.buffers.filter(({ label }) => label === 'webgpu-softmax params');
  expect(uniforms).toHaveLength(1);
});

test('memory counts what is made and not destroyed, and the most of it', () => {
  const make = (size: number) => runtime.createBuffer({ size, usage: tensorUsage });
  const [a, b] = [make(100), make(50)];
  expect(runtime.memory).toEqual({ bytes: 150, peakBytes: 150 });
  a.destroy();
  a.destroy();
  expect(runtime.memory).toEqual({ bytes: 50, peakBytes: 150 });
  b.destroy();
  expect(runtime.memory).toEqual({ bytes: 0, peakBytes: 150 });
});
