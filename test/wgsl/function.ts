/** Runs a function of the WGSL files alone: a kernel whose `main` calls it once an invocation. */
import { sharedDevice } from '../../conformance/engine';
import { packUniforms, type Uniform } from '../../src/gpu/kernel';
import { type ScaleOptions, scaleParams } from '../../src/ops/scale';
import { logitTypes } from '../../src/rows/params';
import { emit } from '../../src/wgsl/emit';
import { type Place, type RowFiles, rowFiles } from './calls';

/** A call of what the files declare, and how its operands and results are bound. */
export interface Call {
  /** What the call reaches is taken from here. */
  readonly files: readonly string[];
  readonly directives?: string;
  /** Constants that decide conditions in the files. */
  readonly constants?: Readonly<Record<string, boolean>>;
  /** Functions that the files expect of others. */
  readonly with?: string;
  /** Arrays by their elements' type; each invocation has those at its index `i`. */
  readonly reads: Readonly<Record<string, Place>>;
  readonly writes: Readonly<Record<string, Place>>;
  /** The statements of one invocation. */
  readonly code: string;
}

export interface Operands {
  /** Operands as they are bound, f32 or bits. */
  readonly given: Readonly<Record<string, Float32Array | Uint32Array>>;
  /** How many times the function is called. */
  readonly calls: number;
  /** Uniforms. */
  readonly params?: Readonly<Record<string, number>>;
  /** Whether a quad is of one row or of four: what is known of a row is a scalar or a vec4. */
  readonly rows?: RowFiles;
}

/** Words of an element. */
const words: Readonly<Record<Place, readonly [one: number, four: number]>> = {
  u32: [1, 1],
  f32: [1, 1],
  i32: [1, 1],
  RowF32: [1, 4],
  RowU32: [1, 4],
  'vec2<u32>': [2, 2],
  'vec4<u32>': [4, 4],
  'vec4<i32>': [4, 4],
  'vec4<f32>': [4, 4],
  'vec4<f16>': [2, 2],
  'mat4x4<f32>': [16, 16],
  ChunkSum: [2, 2],
};

/** The type that a place has where a quad is of one row, or of four. */
function elementsOf(type: Place, rows: RowFiles): string {
  const scalar = /^Row([FU]32)$/.exec(type)?.[1]?.toLowerCase();
  if (scalar === undefined) return type;
  return rows === 'one' ? scalar : `vec4<${scalar}>`;
}

const WORKGROUP_SIZE = 64;

/** The uniforms of a scale, as the library computes them. */
export const scaled = (options: ScaleOptions) =>
  scaleParams('test', options) as Readonly<Record<string, number>>;

/** A compiled call, and the uniforms that it reads. */
interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  readonly uniforms: readonly Uniform[];
}
const kernels = new Map<Call, Partial<Record<RowFiles, Promise<Kernel>>>>();

async function compile(call: Call, rows: RowFiles): Promise<Kernel> {
  const { files, reads, writes, code, constants = {}, directives } = call;
  const main = `
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= params.calls) {
    return;
  }
  ${code}
}

${call.with ?? ''}`;
  const bound = [
    ...Object.entries(reads).map(([name, type]) => ({
      name,
      type,
      kind: 'read-only-storage' as const,
    })),
    ...Object.entries(writes).map(([name, type]) => ({ name, type, kind: 'storage' as const })),
  ];
  const { wgsl, uniforms } = emit({
    directives,
    types: logitTypes,
    bindings: bound.map(({ name, type, kind }) => ({
      role: name,
      type: kind,
      elements: elementsOf(type, rows),
    })),
    constants: { COLUMNS: rows === 'four', DEALT: false, ...constants },
    sources: [main, ...rowFiles[rows], ...files],
  });
  const device = await sharedDevice();
  const types = ['uniform', ...bound.map(({ kind }) => kind)] as GPUBufferBindingType[];
  const layout = device.createBindGroupLayout({
    entries: types.map((type, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  const module = device.createShaderModule({ code: wgsl });
  try {
    const pipeline = await device.createComputePipelineAsync({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    });
    return { pipeline, layout, uniforms };
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    const faults = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`);
    throw new Error(`${[error, ...faults].join('\n')}\n${wgsl}`);
  }
}

/** Calls the function on all operands in one dispatch; the results by name, as bits. */
export async function run(
  call: Call,
  { given, calls, params = {}, rows = 'one' }: Operands,
): Promise<Readonly<Record<string, Uint32Array<ArrayBuffer>>>> {
  const compiled = kernels.get(call) ?? {};
  kernels.set(call, compiled);
  compiled[rows] ??= compile(call, rows);
  const { pipeline, layout, uniforms } = await compiled[rows];
  const device = await sharedDevice();
  const { STORAGE, COPY_DST, COPY_SRC, MAP_READ, UNIFORM } = GPUBufferUsage;
  const buffers: GPUBuffer[] = [];
  const bufferOf = (size: number, usage: number, content?: Float32Array | Uint32Array) => {
    const buffer = device.createBuffer({ size, usage });
    if (content) device.queue.writeBuffer(buffer, 0, content as Uint32Array<ArrayBuffer>);
    buffers.push(buffer);
    return buffer;
  };
  const packed = packUniforms(uniforms, { ...params, calls });
  const operands = Object.keys(call.reads).map((name) => {
    const data = given[name];
    if (!data) throw new Error(`no operand '${name}'`);
    return bufferOf(data.byteLength, STORAGE | COPY_DST, data);
  });
  const results = Object.entries(call.writes).map(([name, type]) => ({
    name,
    buffer: bufferOf(4 * calls * words[type][rows === 'one' ? 0 : 1], STORAGE | COPY_SRC),
  }));
  const bound = [
    bufferOf(packed.byteLength, UNIFORM | COPY_DST, packed),
    ...operands,
    ...results.map(({ buffer }) => buffer),
  ];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(Math.ceil(calls / WORKGROUP_SIZE));
  pass.end();
  const copies = results.map(({ name, buffer }) => {
    const copy = bufferOf(buffer.size, COPY_DST | MAP_READ);
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
    return [name, copy] as const;
  });
  device.queue.submit([encoder.finish()]);
  const found: [string, Uint32Array<ArrayBuffer>][] = [];
  for (const [name, copy] of copies) {
    await copy.mapAsync(GPUMapMode.READ);
    found.push([name, new Uint32Array(copy.getMappedRange().slice(0))]);
  }
  for (const buffer of buffers) buffer.destroy();
  return Object.fromEntries(found);
}

/** Bits as the f32 numbers that they are. */
export const floats = (bits: Uint32Array<ArrayBuffer>): Float32Array<ArrayBuffer> =>
  new Float32Array(bits.buffer);
