/** What a call's recorder makes, keeps and frees, on a device that notes it. */
import { beforeEach, expect, test } from 'vitest';
import { Recorder } from '../../src/engine/recorder';
import type { Runtime } from '../../src/engine/runtime';
import { tensorUsage } from '../../src/gpu/region';
import { planConvert } from '../../src/map/convert';
import { type PlanDevice, planRows } from '../../src/rows/plan';
import { type FakeBuffer, FakeDevice } from '../gpu/fake-device';
import { device as planned, taskOf } from './variants';

let device: FakeDevice;
let runtime: Runtime;
beforeEach(() => {
  device = new FakeDevice();
  runtime = device.runtime(planned);
});

const scratchOf = (recorder: Recorder, count: number) =>
  Array.from({ length: count }, () => recorder.scratch(64).buffer as FakeBuffer);

const alive = (buffers: readonly FakeBuffer[]) =>
  buffers.filter(({ destroyed }) => !destroyed).length;

test('scratch of recorded work outlives the call, however much it is', () => {
  const recorder = new Recorder(runtime, 'test', { encoder: device.createCommandEncoder() });
  const buffers = scratchOf(recorder, 40);
  recorder.finish();
  recorder.release();
  expect(alive(buffers)).toBe(40);
  runtime.clear();
  expect(alive(buffers)).toBe(40);
});

test('recorded work takes no scratch of another encoder, nor of what is submitted', () => {
  const encoders = [device.createCommandEncoder(), device.createCommandEncoder(), undefined];
  const buffers = encoders.flatMap((encoder) => {
    const recorder = new Recorder(runtime, 'test', { encoder });
    const own = scratchOf(recorder, 3);
    recorder.release();
    return own;
  });
  expect(new Set(buffers).size).toBe(9);
  const again = new Recorder(runtime, 'test', { encoder: encoders[0] });
  expect(buffers.slice(0, 3)).toContain(scratchOf(again, 1)[0]);
});

test('scratch of submitted work is kept for other calls, up to 16 buffers', () => {
  const recorder = new Recorder(runtime, 'test', {});
  const buffers = scratchOf(recorder, 40);
  recorder.finish();
  expect(alive(buffers)).toBe(40);
  recorder.release();
  expect(alive(buffers)).toBe(16);
  expect(buffers).toContain(scratchOf(new Recorder(runtime, 'test', {}), 1)[0]);
});

test('two planners of equal tasks each have a program of their own', () => {
  const buffer = device.createBuffer({ size: 64, usage: tensorUsage });
  const place = { buffer, byteOffset: 0, count: 8 };
  const task = { from: { ...place, dtype: 'f16' }, to: { ...place, dtype: 'f32' } } as const;
  const made: string[] = [];
  const planner = (name: string) => (label: string, given: typeof task, on: PlanDevice) => {
    made.push(name);
    return planConvert(label, given, on);
  };
  const [one, other] = [planner('one'), planner('other')];
  const recorder = new Recorder(runtime, 'test', {});
  for (const plans of [one, other, one, other]) recorder.plan(plans, task);
  expect(made).toEqual(['one', 'other']);
});

test('uniforms that are forgotten are freed, unless recorded commands may read them', () => {
  const call = (length: number, encoder?: GPUCommandEncoder) => {
    const recorder = new Recorder(runtime, 'test', { encoder });
    recorder.plan(planRows, taskOf('softmax', { length }));
    recorder.finish();
    recorder.release();
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
  const recorder = new Recorder(device.runtime(on), 'test', {});
  recorder.plan(planRows, taskOf('softmax', { length: 4000 }));
  recorder.finish();
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
    const recorder = new Recorder(runtime, 'test', {});
    recorder.move({ buffer: from, ...place, dtype: 'f16' }, { buffer: to, ...place, dtype: 'f32' });
    recorder.finish();
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
