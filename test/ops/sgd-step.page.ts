import { compare } from '../../conformance/compare';
import { normal } from '../../conformance/random';
import { createEngine, type GpuTensor, sgdStep } from '../../src/index';
import * as reference from '../../src/reference';

/** Three steps with each kind of velocity, held to the reference step by step; faults in words. */
export async function steps(count: number): Promise<string[]> {
  using engine = await createEngine();
  const faults: string[] = [];
  let worst = 0;
  for (const momentum of [0, 0.9]) {
    const options = { learningRate: 0.1, momentum };
    let weight = normal(1, count);
    let velocity = new Float32Array(count);
    const onGpu = engine.tensor(weight, [count]);
    const carried = engine.tensor(velocity, [count]);
    for (let step = 0; step < 3; step++) {
      const grad = normal(2 + step, count);
      const host = (data: Float32Array) => ({ data, shape: [count] });
      const expected = reference.sgdStep(host(weight), host(grad), {
        ...options,
        velocity: host(velocity),
      });
      const uploaded = engine.tensor(grad, [count]);
      const result = sgdStep(onGpu, uploaded, {
        ...options,
        ...(momentum > 0 && { velocity: carried }),
      });
      if (result !== onGpu) faults.push('it gives another tensor than the weight');
      weight = (await onGpu.read()) as Float32Array<ArrayBuffer>;
      velocity = (await carried.read()) as Float32Array<ArrayBuffer>;
      const checked = [compare(weight, expected.weight)];
      if (momentum > 0) checked.push(compare(velocity, expected.velocity));
      for (const { failures, maxShare } of checked) {
        if (failures > 0)
          faults.push(`momentum ${momentum}, step ${step}: ${failures} of ${count}`);
        worst = Math.max(worst, maxShare);
      }
    }
  }
  // Of a single element an error may be 0.
  if (count > 1 && !(worst > 0.1)) faults.push(`the bound is idle: ${worst} of it at the most`);
  return faults;
}

/** A step on tensors that lie in larger buffers, each at another offset; faults in words. */
export async function atOffsets(count: number): Promise<string[]> {
  using engine = await createEngine();
  const faults: string[] = [];
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  /** Elements before a tensor and after it, which no step may touch. */
  const [around, after] = [-7, 5];
  for (const momentum of [0, 0.9]) {
    const host = [1, 2, 3].map((seed) => ({ data: normal(seed, count), shape: [count] }));
    const [weight, grad, velocity] = host as [(typeof host)[0], (typeof host)[0], (typeof host)[0]];
    const placed = [1, 66, 131].map((before, i) => {
      const content = new Float32Array(before + count + after).fill(around);
      content.set(host[i]!.data, before);
      const buffer = engine.device.createBuffer({ size: content.byteLength, usage });
      engine.device.queue.writeBuffer(buffer, 0, content);
      return {
        before,
        whole: engine.wrap(buffer, [content.length]),
        part: engine.wrap(buffer, [count], { byteOffset: 4 * before }),
      };
    });
    const options = { learningRate: 0.1, momentum };
    const expected = reference.sgdStep(weight, grad, { ...options, velocity });
    const [w, g, v] = placed.map(({ part }) => part) as [GpuTensor, GpuTensor, GpuTensor];
    sgdStep(w, g, { ...options, ...(momentum > 0 && { velocity: v }) });
    const held = (data: Float32Array) => ({
      data: Float64Array.from(data),
      bound: new Float64Array(count),
      shape: [count],
    });
    const results = [
      expected.weight,
      held(grad.data),
      momentum > 0 ? expected.velocity : held(velocity.data),
    ];
    for (const [i, { before, whole, part }] of placed.entries()) {
      const name = `momentum ${momentum}: ${['weight', 'grad', 'velocity'][i]}`;
      const { failures } = compare((await part.read()) as Float32Array, results[i]!);
      if (failures > 0) faults.push(`${name}: ${failures} of ${count}`);
      const all = await whole.read();
      const outside = [...all.subarray(0, before), ...all.subarray(before + count)];
      if (outside.some((value) => value !== around)) faults.push(`${name}: written beside it`);
    }
  }
  return faults;
}

/** The messages of calls with a wrong argument. */
export async function refused(): Promise<string[]> {
  using engine = await createEngine();
  const zeros = (...shape: number[]) =>
    engine.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  const weight = zeros(4);
  const grad = zeros(4);
  const bad = (options: object, g = grad) => {
    try {
      sgdStep(weight, g, options as { learningRate: number });
    } catch (error) {
      return String(error);
    }
    return 'no error';
  };
  return [
    bad({}),
    bad({ learningRate: Number.NaN }),
    bad({ learningRate: 1 }, zeros(5)),
    bad({ learningRate: 1 }, weight),
    bad({ learningRate: 1, momentum: 0.9 }),
    bad({ learningRate: 1, momentum: 2, velocity: zeros(4) }),
    bad({ learningRate: 1, velocity: zeros(2, 2) }),
  ];
}
