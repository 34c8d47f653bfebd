/** What the library would dispatch for a case on a device that is not there. */
import type { DeviceReport, Source } from '../../compilers/compiler';
import { operations, type Role, tensorRoles } from '../../conformance/operations';
import { dryRun } from '../../src/engine/dry-run';
import { Engine } from '../../src/engine/engine';
import type { GpuTensor } from '../../src/engine/tensor';
import { halvesBy } from '../../src/f16';
import type { DeviceFacts } from '../../src/gpu/adapter';
import { describeDevice } from '../../src/gpu/device';
import { packUniforms } from '../../src/gpu/kernel';
import type { BoundRange, Dispatch } from '../../src/gpu/plan';
import { bytesOf, tensorUsage } from '../../src/gpu/region';
import * as library from '../../src/index';
import { elementsOf, rowsOf } from '../shapes';
import { type CompiledCase, caseId, rowOpOf } from './cases';

/** How a device of an adapter is used. */
export interface Setting {
  readonly subgroups: boolean;
  /** The adapter's limits, or the least that every device has. */
  readonly limits: 'default' | 'raised';
}

/** A dispatch with all that executing it takes. */
export interface PlannedDispatch {
  readonly source: Source;
  readonly workgroups: readonly [number, number, number];
  readonly workgroupSize: number;
  /** The content of binding 0. */
  readonly uniforms: Uint32Array<ArrayBuffer>;
  /** What is bound after it, in order. */
  readonly ranges: readonly BoundRange[];
}

/** What a plan binds and does, and which buffer each input is in. */
export interface PlannedCall {
  readonly dispatches: readonly PlannedDispatch[];
  readonly inputs: ReadonlyMap<object, Role>;
}

/**
 * What the planner would know of the device.
 *
 * @throws Error if it would be planned for as a software adapter.
 */
function factsOf(report: DeviceReport, { subgroups, limits }: Setting): DeviceFacts {
  const { info, features, languageFeatures } = report;
  const device = {
    [Symbol.toStringTag]: 'GPUDevice',
    adapterInfo: info,
    features: new Set(features),
    // What a device does not say is the least there is.
    limits: limits === 'raised' ? report.limits : {},
  } as unknown as GPUDevice;
  const facts = describeDevice(device, {});
  if (facts.adapter !== 'gpu') {
    throw new Error(`'${info.description}' is planned for as a software adapter`);
  }
  return {
    ...facts,
    // The language's features are those of the process that has the device.
    subgroups: subgroups && hasSubgroups({ features, languageFeatures }),
    halves: halvesBy(features.includes('shader-f16') ? 'typed' : 'native'),
  };
}

/** Whether the library takes subgroups there. */
export const hasSubgroups = (report: Pick<DeviceReport, 'features' | 'languageFeatures'>) =>
  report.features.includes('subgroups') && report.languageFeatures.includes('subgroup_id');

/** Plans by what they depend on: chips of a kind share them. */
const plans = new Map<string, PlannedCall>();

/** The dispatches of a case's call on a device. */
export function planOn(report: DeviceReport, c: CompiledCase, setting: Setting): PlannedCall {
  const facts = factsOf(report, setting);
  const key = JSON.stringify([caseId(c), { ...facts, halves: facts.halves?.conversion }]);
  const plan = plans.get(key) ?? planCase(c, facts);
  plans.set(key, plan);
  return plan;
}

/** Whether two plans take the same kernels. */
export const sameKernels = (a: PlannedCall, b: PlannedCall): boolean =>
  a === b ||
  JSON.stringify(a.dispatches.map(({ source }) => source.wgsl)) ===
    JSON.stringify(b.dispatches.map(({ source }) => source.wgsl));

/** The dispatches of a case's call. Copies are no kernels, and left out. */
function planCase(c: CompiledCase, facts: DeviceFacts): PlannedCall {
  const { dry, steps } = dryRun(new Engine({ limits: {} } as GPUDevice, false, facts));
  const inputs = new Map<object, Role>();
  const place = (role: Role): GpuTensor => {
    const { dims, axis } = c.shape;
    const isRow = !tensorRoles.includes(role);
    const shape = isRow ? dims.filter((_, d) => d !== axis) : dims;
    const dtype = isRow ? (role === 'targets' ? 'i32' : 'f32') : c.dtype;
    const count = isRow ? rowsOf(c.shape).count : elementsOf(c.shape);
    const buffer = { size: bytesOf(count, dtype), usage: tensorUsage } as GPUBuffer;
    inputs.set(buffer, role);
    return dry.tensorIn('plan', buffer, shape, { dtype });
  };
  call(c, place);
  const dispatches = steps.filter((step) => step.kind === 'dispatch');
  return { dispatches: dispatches.map(planned), inputs };
}

/** Calls the operation, with new results. */
function call(c: CompiledCase, place: (role: Role) => GpuTensor): void {
  const { axis } = c.shape;
  const options = { axis, ...(c.precision === 'high' && { precision: library.high }) };
  const op = rowOpOf(c);
  if (op) {
    const run = library[op] as (...args: unknown[]) => unknown;
    run(...Object.values(operations[op].takes).map(place), options);
  } else if (c.op === 'topK') library.topK(place('x'), 4, { axis });
  else if (c.op === 'sample') library.sample(place('x'), { axis, seed: 1 });
  else library.argmax(place('x'), { axis });
}

function planned({ kernel, ranges, params, workgroups }: Dispatch): PlannedDispatch {
  const { wgsl, uniforms } = kernel.emit();
  const [x, y, z = 1] = workgroups;
  const types = kernel.bindings.map(({ type }) => type);
  return {
    source: { name: kernel.name, wgsl, bindings: ['uniform', ...types] },
    workgroups: [x, y, z],
    workgroupSize: workgroupSizeOf(wgsl),
    uniforms: packUniforms(uniforms, params),
    ranges: kernel.bindings.map(({ role }) => ranges.find((range) => range.role === role)!),
  };
}

/** As `@workgroup_size` says: a number, or a constant of the module, in one dimension or more. */
function workgroupSizeOf(wgsl: string): number {
  const [, sizes] = /@workgroup_size\(([^)]*)\)/.exec(wgsl)!;
  const size = (word: string): number => {
    const text = word.trim().replace(/u$/, '');
    if (/^\d+$/.test(text)) return Number(text);
    return size(
      new RegExp(`const ${word.trim()}(?:\\s*:\\s*u32)?\\s*=\\s*([^;]+);`).exec(wgsl)![1]!,
    );
  };
  return sizes!
    .split(',')
    .filter((word) => word.trim())
    .reduce((product, word) => product * size(word), 1);
}
