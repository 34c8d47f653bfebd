/** What kernels read, write and wait for while they run, to check what `traffic.ts` counts in them. */

import { type Kernel, packUniforms } from '../../src/gpu/kernel';
import type { DType, Region } from '../../src/gpu/region';
import { createEngine, f16 } from '../../src/index';
import { planRows, type RowDispatch, type RowTask } from '../../src/rows/plan';
import { regimeNames } from '../../src/rows/regimes';
import { canTake } from '../../src/rows/tiers';
import { rowDispatches } from './kernels';
import { type PerRole, perElement, total, trafficOf } from './traffic';
import { taskOf } from './variants';

/** Counts of one task's dispatches together. */
interface Counts {
  readonly reads: PerRole;
  readonly writes: PerRole;
  readonly barriers: number;
}

export interface Comparison {
  readonly name: string;
  /** By `trafficOf`. */
  readonly expected: Counts;
  /** By the kernels; an element that differs from the others of its role is named instead. */
  readonly counted: Counts | string;
}

const roles = ['x', 'v', 'y', 'mask'] as const;
const places = roles.flatMap((role) => [`${role} read`, `${role} written`]);

const ops = ['softmax', 'softmax-vjp', 'cross-entropy'] as const;
const shapes = [
  { length: 6 },
  { length: 1000 },
  { length: 1001, mask: 'additive' },
  { length: 5000 },
  { length: 3, inner: 4 },
  { length: 1100, inner: 8 },
] as const;

/** Counts some operations on some shapes, in every regime that takes them, f32 and f16. */
export async function compare(): Promise<Comparison[]> {
  const { device, facts: plan } = await createEngine({ f16 });
  const found: Comparison[] = [];
  for (const op of ops) {
    for (const shape of shapes) {
      const { length } = shape;
      // Loads and masks are the same in every operation; what it reads besides does not depend on K.
      if (op === 'softmax-vjp' && 'mask' in shape) continue;
      if (op === 'cross-entropy' && length !== 1000 && length !== 5000) continue;
      const strided = 'inner' in shape;
      for (const regime of regimeNames.filter((name) => canTake(name, length, strided, plan))) {
        for (const dtype of length === 1000 ? (['f32', 'f16'] as const) : (['f32'] as const)) {
          const task = allocate(device, taskOf(op, { ...shape, regime }), dtype);
          const planned = planRows(op, task, plan);
          const name = `${op} ${dtype} ${JSON.stringify(shape)} ${regime}`;
          const dispatches = rowDispatches(planned);
          const buffers = new Map(
            [...planned.scratch].map(([key, size]) => [key, make(device, size)]),
          );
          const count = await run(device, dispatches, (buffer) =>
            typeof buffer === 'string' ? buffers.get(buffer)! : buffer,
          );
          found.push({ name, expected: expected(dispatches), counted: read(count, task) });
        }
      }
    }
  }
  device.destroy();
  return found;
}

const make = (device: GPUDevice, size: number) =>
  device.createBuffer({ size: Math.max(16, size), usage: GPUBufferUsage.STORAGE });

/** The task with buffers of this device, row data in a dtype. */
function allocate(device: GPUDevice, task: RowTask, dtype: DType): RowTask {
  const real = (region: Region): Region => ({ ...region, buffer: make(device, 4 * region.count) });
  const each = (regions: Partial<Record<string, Region>>, change: Partial<Region>) =>
    Object.fromEntries(
      Object.entries(regions).map(([role, region]) => [role, { ...real(region!), ...change }]),
    );
  const { mask } = task;
  return {
    ...task,
    data: each(task.data, { dtype }),
    values: each(task.values ?? {}, {}),
    ...(mask?.region && { mask: { ...mask, region: real(mask.region) } }),
  };
}

function expected(dispatches: readonly RowDispatch[]): Counts {
  const costs = dispatches.map(({ kernel }) => trafficOf(kernel));
  const sum = (side: 'reads' | 'writes') =>
    Object.fromEntries(
      roles.map((role) => [role, total(costs.map((cost) => cost[side][role]))]),
    ) as PerRole;
  const barriers = dispatches.map(
    ({ workgroups, kernel }, i) =>
      workgroups[0] * workgroups[1] * kernel.variant.workgroupSize * costs[i]!.barriers,
  );
  return { reads: sum('reads'), writes: sum('writes'), barriers: total(barriers) };
}

/** What was counted: for each of `places` as many counters as there are elements, then barriers. */
function read(counters: Uint32Array, { data, mask, shape }: RowTask): Counts | string {
  const elements = (counters.length - 1) / places.length;
  const problems: string[] = [];
  const inRole = (role: (typeof roles)[number], access: string) => {
    const present = role === 'mask' ? mask?.region : data[role];
    if (!present) return 0;
    const start = elements * places.indexOf(`${role} ${access}`);
    // A vec4 is counted where its index is; what is behind the last one stays 0.
    const counts = counters.subarray(start, start + elements);
    const used = counts.findLastIndex((n) => n > 0) + 1;
    if (used !== 0 && used !== present.count && used !== present.count / 4) {
      problems.push(`${used} of ${present.count} ${role} ${access}`);
    }
    const width = used === present.count ? 1 : 4;
    const { outer, length, inner } = shape;
    /** Whether lanes past a row's end read it again, or groups of lanes past the last row. */
    const isReread = (i: number) => {
      const first = i * width;
      const ofLastRows = first >= outer * length * inner - length * inner;
      if (inner === 1) return ofLastRows || (first % length) + width >= length;
      return (
        (ofLastRows && (first % inner) + 4 >= inner) ||
        Math.floor(first / inner) % length === length - 1
      );
    };
    const odd = counts
      .subarray(0, used)
      .findIndex(
        (n, i) => n !== counts[0] && !(access === 'read' && isReread(i) && n > counts[0]!),
      );
    if (odd >= 0) problems.push(`${role} ${odd} ${access} ${counts[odd]}, not ${counts[0]} times`);
    return counts[0]!;
  };
  const side = (access: string) =>
    Object.fromEntries(roles.map((role) => [role, inRole(role, access)])) as PerRole;
  const counts = { reads: side('read'), writes: side('written'), barriers: counters.at(-1)! };
  return problems.length > 0 ? problems.join('; ') : counts;
}

/** Runs dispatches that count. */
async function run(
  device: GPUDevice,
  dispatches: readonly RowDispatch[],
  bufferOf: (buffer: RowDispatch['ranges'][number]['buffer']) => GPUBuffer,
): Promise<Uint32Array> {
  const elements = Math.max(...dispatches.map(({ elements }) => elements)) + 4;
  const size = 4 * (places.length * elements + 1);
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ, UNIFORM } = GPUBufferUsage;
  const counters = device.createBuffer({ size, usage: STORAGE | COPY_SRC });
  const back = device.createBuffer({ size, usage: COPY_DST | MAP_READ });
  device.pushErrorScope('validation');
  const encoder = device.createCommandEncoder();
  for (const { kernel, ranges, params, workgroups } of dispatches) {
    const code = counting(kernel, elements);
    const bindings = [{ role: 'params', type: 'uniform' as const }, ...kernel.bindings];
    const layout = device.createBindGroupLayout({
      entries: [...bindings, { type: 'storage' as const }].map(({ type }, binding) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    const pipeline = device.createComputePipeline({
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ code }) },
    });
    const uniforms = packUniforms(kernel.emit(false).uniforms, params);
    const usage = UNIFORM | COPY_DST;
    const uniform = device.createBuffer({ size: uniforms.byteLength, usage });
    device.queue.writeBuffer(uniform, 0, uniforms);
    const resources = bindings.map(({ role }) => {
      const range = ranges.find((one) => one.role === role);
      if (!range) return { buffer: uniform };
      const { buffer, offset, size } = range;
      return { buffer: bufferOf(buffer), offset, size };
    });
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout,
        entries: [...resources, { buffer: counters }].map((resource, binding) => ({
          binding,
          resource,
        })),
      }),
    );
    pass.dispatchWorkgroups(...workgroups);
    pass.end();
  }
  encoder.copyBufferToBuffer(counters, 0, back, 0, size);
  device.queue.submit([encoder.finish()]);
  const error = await device.popErrorScope();
  if (error) throw new Error(error.message);
  await back.mapAsync(GPUMapMode.READ);
  const counts = new Uint32Array(back.getMappedRange().slice(0));
  back.destroy();
  counters.destroy();
  return counts;
}

/** The kernel's WGSL; every index into row data also counts, and so does every barrier. */
function counting({ bindings, emit }: Kernel, elements: number): string {
  const code = perElement(emit(false).wgsl)
    .replace(/(^ *)?\b(x|v|y|mask)\[([^[\]]*)\]( = )?/gm, (_, start, role, index, assigned) => {
      const access = start !== undefined && assigned ? 'written' : 'read';
      const first = `${elements * places.indexOf(`${role} ${access}`)}u`;
      return `${start ?? ''}${role}[counted(${first}, ${index})]${assigned ?? ''}`;
    })
    .replaceAll(
      'workgroupBarrier();',
      `workgroupBarrier(); _ = counted(${places.length * elements}u, 0u);`,
    );
  return `${code}
@group(0) @binding(${bindings.length + 1})
var<storage, read_write> counters: array<atomic<u32>>;

fn counted(first: u32, index: u32) -> u32 {
  atomicAdd(&counters[first + index], 1u);
  return index;
}
`;
}
