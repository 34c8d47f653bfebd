/** The conversions of f16 by themselves, against the host's. */

import { halvesBy } from '../../src/f16';
import { fromHalves, halfBits } from '../../src/gpu/half';
import type { HalfConversion } from '../../src/gpu/halves';
import { declarationsIn } from '../../src/wgsl/readable';

/** The files' declarations, the first of each name. */
function codeOfHalves(conversion: HalfConversion): string {
  const all = halvesBy(conversion).sources.flatMap(declarationsIn).reverse();
  return [...new Map(all.map(({ name, text }) => [name, text])).values()].join('\n');
}

/** The files as they are in a variant, and an entry point for each of their functions. */
const codeOf = (conversion: HalfConversion) => `
${conversion === 'typed' ? 'enable f16;' : ''}
@group(0) @binding(0) var<storage, read_write> halves: array<${conversion === 'typed' ? 'vec4<f16>' : 'vec2<u32>'}>;
@group(0) @binding(1) var<storage, read_write> bits: array<vec4<u32>>;

${codeOfHalves(conversion)}

@compute @workgroup_size(64)
fn widen_all(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < arrayLength(&halves)) {
    bits[id.x] = widen(halves[id.x]);
  }
}

@compute @workgroup_size(64)
fn narrow_all(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < arrayLength(&halves)) {
    halves[id.x] = narrow(bits[id.x]);
  }
}`;

/** The values in order, and then far from their neighbours: quads of one kind, and of several. */
function inTwoOrders(values: readonly number[]): number[] {
  const count = values.length;
  const scattered = values.map((_, i) => values[(i * 40_503) % count]!);
  const all = [...values, ...scattered];
  return [...all, ...all.slice(0, (4 - (all.length % 4)) % 4)];
}

const everyHalf = Array.from({ length: 65_536 }, (_, bits) => bits);

/**
 * The bits of f32 numbers: each half and each middle of two, the one where halves end and the next
 * one included, with both neighbours; what is not finite; what is subnormal.
 */
function bitsToRound(): number[] {
  const float = new Float32Array(1);
  const word = new Uint32Array(float.buffer);
  const found = new Set<number>();
  const values = fromHalves(Uint16Array.from(everyHalf.slice(0, 0x7c00)));
  values.forEach((low, i) => {
    const high = values[i + 1] ?? 65_536;
    for (const value of [low, (low + high) / 2, high]) {
      float[0] = value;
      for (const step of [-1, 0, 1]) found.add((word[0]! + step) >>> 0);
    }
  });
  const infinity = 0x7f800000;
  for (const bits of [0x007fffff, 0x00800000, infinity - 1, infinity]) found.add(bits);
  for (const nan of [1, 0x200000, 0x400000, 0x7fffff]) found.add(infinity + nan);
  const positive = [...found].filter((bits) => bits < 0x80000000);
  return positive.flatMap((bits) => [bits, bits + 0x80000000]);
}

/** How many patterns each function was given, and the first of those it got wrong. */
export interface Converted {
  readonly widened: number;
  readonly narrowed: number;
  readonly wrong: string[];
}

export async function convert(conversion: HalfConversion): Promise<Converted> {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const requiredFeatures: GPUFeatureName[] = conversion === 'typed' ? ['shader-f16'] : [];
  const device = await adapter.requestDevice({ requiredFeatures });
  const module = device.createShaderModule({ label: conversion, code: codeOf(conversion) });
  const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;

  async function run(entryPoint: 'widen_all' | 'narrow_all', given: ArrayBuffer, quads: number) {
    const layout = device.createBindGroupLayout({
      entries: [0, 1].map((binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type: 'storage' },
      })),
    });
    const pipeline = await device.createComputePipelineAsync({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint },
    });
    const usage = STORAGE | COPY_DST | COPY_SRC;
    const [words, bits] = [8, 16].map((size) => device.createBuffer({ size: size * quads, usage }));
    const [from, to] = entryPoint === 'widen_all' ? [words!, bits!] : [bits!, words!];
    device.queue.writeBuffer(from, 0, given);
    const read = device.createBuffer({ size: to.size, usage: COPY_DST | MAP_READ });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    const entries = [words!, bits!].map((buffer, binding) => ({ binding, resource: { buffer } }));
    pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(Math.ceil(quads / 64));
    pass.end();
    encoder.copyBufferToBuffer(to, 0, read, 0, to.size);
    device.queue.submit([encoder.finish()]);
    await read.mapAsync(GPUMapMode.READ);
    return read.getMappedRange();
  }

  const wrong: string[] = [];
  const hex = (bits: number) => bits.toString(16);
  const check = (
    what: 'widen' | 'narrow',
    given: number,
    got: number,
    wanted: number,
    isNan: (bits: number) => boolean,
  ) => {
    const isRight = got === wanted || (isNan(got) && isNan(wanted));
    if (!isRight && wrong.length < 8) {
      wrong.push(`${what} ${hex(given)}: ${hex(got)}, and it should be ${hex(wanted)}`);
    }
  };

  const halves = Uint16Array.from(inTwoOrders(everyHalf));
  const wide = new Uint32Array(await run('widen_all', halves.buffer, halves.length / 4));
  const wantedWide = new Uint32Array(fromHalves(halves).buffer);
  const isNan = (bits: number) => (bits & 0x7fffffff) > 0x7f800000;
  halves.forEach((half, i) => {
    check('widen', half, wide[i]!, wantedWide[i]!, isNan);
  });

  const floats = Uint32Array.from(inTwoOrders(bitsToRound()));
  const narrow = new Uint16Array(await run('narrow_all', floats.buffer, floats.length / 4));
  const isHalfNan = (bits: number) => (bits & 0x7fff) > 0x7c00;
  new Float32Array(floats.buffer).forEach((value, i) => {
    check('narrow', floats[i]!, narrow[i]!, halfBits(value), isHalfNan);
  });
  device.destroy();
  return { widened: halves.length, narrowed: floats.length, wrong };
}
