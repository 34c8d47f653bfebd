/** Plans made ready for a device: where uniforms lie, and which tasks have the same plan. */
import { expect, test, vi } from 'vitest';
import { compileProgram, fingerprint } from '../../src/engine/program';
import { packUniforms } from '../../src/gpu/kernel';
import type { Plan } from '../../src/gpu/plan';
import type { Region } from '../../src/gpu/region';
import { planSgdStep } from '../../src/map/sgd-step';
import { planRows } from '../../src/rows/plan';
import { planSelect } from '../../src/select/plan';
import { FakeDevice } from '../gpu/fake-device';
import { selectTaskOf } from './select-variants';
import { device as planned, taskOf } from './variants';

const region = (count: number, usage = 0xff): Region => ({
  buffer: { usage } as GPUBuffer,
  byteOffset: 0,
  dtype: 'f32',
  count,
});

test('kernels with uniforms of different sizes in one plan each find their own', () => {
  const step = { learningRate: 0.5, momentum: 0, weightDecay: 0 };
  const sgd = planSgdStep('test', { weight: region(7), grad: region(7), ...step }, planned);
  const rows = planRows('test', taskOf('softmax', { length: 20_000 }), planned);
  const picks = planSelect('test', selectTaskOf({ length: 5000 }), planned);
  const plan: Plan = {
    steps: [...sgd.steps, ...rows.steps, ...sgd.steps, ...picks.steps],
    scratch: new Map([...rows.scratch, ...picks.scratch]),
  };
  const buffers = plan.steps.flatMap((s) =>
    s.kind === 'copies'
      ? []
      : s.ranges.flatMap(({ buffer }) => (typeof buffer === 'string' ? [] : buffer)),
  );
  const fake = new FakeDevice();
  const runtime = fake.runtime(planned);
  // Every kernel's own fit 256 bytes, the step between two bindings: one is given more.
  const get = runtime.pipelines.get.bind(runtime.pipelines);
  vi.spyOn(runtime.pipelines, 'get').mockImplementation((kernel) => {
    const pipeline = get(kernel);
    const more = kernel.name === 'sgd-step' ? [['room', 20] as const] : [];
    return { ...pipeline, uniforms: [...pipeline.uniforms, ...more] };
  });
  const program = compileProgram(runtime, plan, [...new Set(buffers)]);
  const sizes = new Set<number>();
  plan.steps.forEach((s, i) => {
    const compiled = program.steps[i]!;
    if (s.kind === 'copies' || compiled.kind !== 'dispatch') throw new Error('nothing is copied');
    const expected = packUniforms(compiled.pipeline.uniforms, s.params);
    const { offset, size } = compiled.bindings.find(({ at }) => at === 'uniforms')!;
    expect(offset % 256).toBe(0);
    expect(size).toBe(expected.byteLength);
    expect([...new Uint32Array(fake.buffers[0]!.bytes, offset, size / 4)]).toEqual([...expected]);
    sizes.add(size);
  });
  expect(sizes.size).toBeGreaterThan(2);
  expect(Math.max(...sizes)).toBeGreaterThan(256);
});

test('tasks that differ in anything but which buffers they name have keys of their own', () => {
  const [x, y] = [region(6), region(6)];
  const task = {
    data: { x, y },
    params: { scale: 1 },
    mask: { kind: 'additive', region: region(6) },
  };
  const keyOf = (task: object) => fingerprint(task, []);
  const key = keyOf(task);
  const again = { ...task, data: { x: region(6), y: region(6) } };
  expect(keyOf(again)).toBe(key);
  const others = {
    usage: { ...task, data: { x: region(6, 0x80), y } },
    offset: { ...task, data: { x: { ...x, byteOffset: 4 }, y } },
    count: { ...task, data: { x: { ...x, count: 5 }, y } },
    dtype: { ...task, data: { x: { ...x, dtype: 'f16' }, y } },
    'one buffer for two': { ...task, data: { x, y: x } },
    role: { ...task, data: { v: x, y } },
    param: { ...task, params: { scale: 2 } },
    'mask of another usage': { ...task, mask: { kind: 'additive', region: region(6, 0x80) } },
    'kind of mask': { ...task, mask: { ...task.mask, kind: 'boolean' } },
    'no mask': { data: task.data, params: task.params },
    regime: { ...task, regime: 'row-per-invocation' },
    segment: { ...task, segment: { from: 0, to: 3, stats: x } },
    'another segment': { ...task, segment: { from: 3, to: 6, stats: x } },
  };
  const keys = Object.values(others).map(keyOf);
  expect(keys).not.toContain(key);
  expect(new Set(keys).size).toBe(keys.length);
});
