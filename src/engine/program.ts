import { bufferUsage } from '../gpu/constants';
import { packUniforms } from '../gpu/kernel';
import type { Copies, Plan, Store } from '../gpu/plan';
import type { Region } from '../gpu/region';
import type { Pipeline } from './pipelines';
import type { Runtime } from './runtime';
import type { GpuTensor } from './tensor';

/** A buffer of a program by its place: the task's buffers in their order, then its scratch. */
type At = number;

export type Step =
  | {
      readonly kind: 'dispatch';
      readonly pipeline: Pipeline;
      readonly bindings: readonly {
        readonly at: At | 'uniforms';
        readonly offset: number;
        readonly size: number;
      }[];
      readonly workgroups: readonly [x: number, y: number, z?: number];
      readonly elements: number;
    }
  | (Omit<Copies, 'from' | 'to'> & { readonly from: At; readonly to: At });

/** A plan made ready for a device, for any buffers: what a repeated call finds. */
export interface Program {
  readonly steps: readonly Step[];
  /** Bytes of each scratch buffer. */
  readonly scratch: readonly number[];
  /**
   * The uniforms of all steps. Never written again: recorded commands may see them at any later
   * time.
   */
  readonly uniforms: GPUBuffer | undefined;
  /** Whether commands that use it were recorded for the caller to submit. */
  recorded: boolean;
}

/** The default limit for the offset of a uniform binding. */
const ALIGNMENT = 256;

/** Compiles a plan that was made for these buffers. */
export function compileProgram(
  runtime: Runtime,
  plan: Plan,
  buffers: readonly GPUBuffer[],
): Program {
  const names = [...plan.scratch.keys()];
  const at = (buffer: Store): At =>
    typeof buffer === 'string' ? buffers.length + names.indexOf(buffer) : buffers.indexOf(buffer);
  const uniforms: Uniforms[] = [];
  let offset = 0;
  const steps = plan.steps.map((step): Step => {
    if (step.kind === 'copies') return { ...step, from: at(step.from), to: at(step.to) };
    const { kernel, ranges, workgroups, elements } = step;
    const pipeline = runtime.pipelines.get(kernel);
    const params = packUniforms(pipeline.uniforms, step.params);
    const start = offset;
    uniforms.push([start, params]);
    offset = ALIGNMENT * Math.ceil((start + params.byteLength) / ALIGNMENT);
    const bound = kernel.bindings.map(({ role }) => {
      const range = ranges.find((r) => r.role === role);
      if (!range) throw new Error(`${pipeline.name}: nothing is bound as ${role}`);
      return { at: at(range.buffer), offset: range.offset, size: range.size };
    });
    const first = { at: 'uniforms', offset: start, size: params.byteLength } as const;
    return { kind: 'dispatch', pipeline, bindings: [first, ...bound], workgroups, elements };
  });
  const scratch = [...plan.scratch.values()];
  return { steps, scratch, uniforms: uniformsOf(runtime, uniforms, offset), recorded: false };
}

/** The uniforms of a step, and the byte where they start: kernels have more or less of them. */
type Uniforms = readonly [start: number, params: Uint32Array];

function uniformsOf(runtime: Runtime, uniforms: readonly Uniforms[], size: number) {
  if (size === 0) return undefined;
  const words = new Uint32Array(size / 4);
  for (const [start, params] of uniforms) words.set(params, start / 4);
  const label = 'webgpu-softmax params';
  return runtime.createFilled({ label, size, usage: bufferUsage.UNIFORM }, words);
}

/**
 * What a task says, as a key. Buffers are in it by their order of appearance, in which they are
 * added to `buffers`: tasks that differ in nothing else have the same plan.
 *
 * It is built at every call, so it does not recurse: a task is a record of values and of records of
 * them, and an operation is known by its name.
 */
export function fingerprint(task: object, buffers: GPUBuffer[]): string {
  let key = '';
  for (const name in task) {
    const part = task[name as keyof typeof task] as unknown;
    if (name === 'op') {
      key += `op${(part as { readonly name: string }).name};`;
      continue;
    }
    if (isRecord(part)) {
      for (const inner in part) key += `${inner}${keyOf(part[inner], buffers)},`;
    }
    key += `${name}${isRecord(part) ? '' : keyOf(part, buffers)};`;
  }
  return key;
}

const isRecord = (part: unknown): part is Record<string, unknown> =>
  typeof part === 'object' && part !== null && !('buffer' in part);

function keyOf(value: unknown, buffers: GPUBuffer[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isRecord(value)) return JSON.stringify(value);
  const { buffer, byteOffset, count, dtype } = value as Region & Partial<GpuTensor>;
  let at = buffers.indexOf(buffer);
  if (at < 0) at = buffers.push(buffer) - 1;
  return `@${at},${byteOffset},${count},${dtype},${buffer.usage}`;
}
