import {
  type Case,
  halfInputs,
  makeInputs,
  makeReferences,
  replacedBy,
  resultDType,
  runOp,
} from '../../conformance/cases';
import { dryRun } from '../../src/engine/dry-run';
import { Engine } from '../../src/engine/engine';
import type { GpuTensor } from '../../src/engine/tensor';
import { halvesBy } from '../../src/f16';
import type { AdapterClass, DeviceFacts } from '../../src/gpu/adapter';
import { type Kernel, packUniforms } from '../../src/gpu/kernel';
import type { Dispatch, Plan } from '../../src/gpu/plan';
import { tensorUsage } from '../../src/gpu/region';
import * as library from '../../src/index';

export interface Device {
  readonly adapter: string;
  readonly subgroups: boolean;
  /** All but the WGSL. */
  readonly quiet?: boolean;
}

/** Facts of a device of each class, with the limits that every device has. */
const factsOf = ({ adapter, subgroups }: Device): DeviceFacts => ({
  adapter: adapter as AdapterClass,
  subgroups,
  subgroupMinSize: adapter === 'gpu' ? 32 : 4,
  maxBinding: 2 ** 27,
  maxWorkgroups: 65_535,
  halves: halvesBy(adapter === 'gpu' ? 'native' : 'integer'),
  maxElements: adapter === 'gpu' ? 2 ** 29 : 2 ** 25,
});

/** The kernels of a call, in words and as WGSL. */
export function kernelText(c: Case, device: Device): string {
  const steps = stepsOf(c, factsOf(device));
  const seen = new Set<Kernel['name']>();
  const texts = steps.map((step, i) => {
    const title = `// ==== ${i + 1} of ${steps.length}: `;
    if (step.kind === 'copies')
      return `${title}${step.offsets.length} copies of ${step.size} bytes`;
    const isNew = !seen.has(step.kernel.name);
    seen.add(step.kernel.name);
    return `${title}${step.kernel.name}\n${boundTo(step)}${isNew && !device.quiet ? `\n\n${step.kernel.emit().wgsl}` : ''}`;
  });
  return texts.join('\n\n');
}

/** What is bound, the uniforms by name, and the grid. */
function boundTo({ kernel, ranges, params, workgroups }: Dispatch): string {
  const { uniforms } = kernel.emit();
  const values = params as Readonly<Record<string, unknown>>;
  const bindings = kernel.bindings.map(({ role, type, elements }, i) => {
    const range = ranges.find((one) => one.role === role)!;
    const access = type === 'storage' ? 'read_write' : 'read';
    return `// binding ${i + 1}  ${role}: array<${elements}>, ${access}, ${range.size} bytes from ${range.offset}`;
  });
  const named = uniforms.map(([name]) => `${name} ${JSON.stringify(values[name] ?? 0)}`);
  const bytes = packUniforms(uniforms, params).byteLength;
  return [
    `// binding 0  params: ${bytes} bytes: ${named.join(', ')}`,
    ...bindings,
    `// workgroups ${workgroups.join(' × ')}`,
  ].join('\n');
}

/** What a case's call would do on such a device. */
function stepsOf(c: Case, facts: DeviceFacts): Plan['steps'] {
  const { dry, steps } = dryRun(new Engine({} as GPUDevice, false, facts));
  const place = (shape: readonly number[], dtype: 'f32' | 'f16' | 'i32' | 'u32'): GpuTensor =>
    dry.tensorIn('kernel', { size: 2 ** 40, usage: tensorUsage } as GPUBuffer, shape, { dtype });
  const inputs = makeInputs(c);
  const tensors: Record<string, GpuTensor> = {};
  for (const [name, { data, shape }] of Object.entries(inputs)) {
    const half = halfInputs(c, inputs).includes(name);
    const kinds = {
      Int32Array: 'i32',
      Uint32Array: 'u32',
      Float32Array: half ? 'f16' : 'f32',
    } as const;
    tensors[name] = place(shape, kinds[data.constructor.name as keyof typeof kinds]);
  }
  const outs: Record<string, GpuTensor> = {};
  for (const [name, { shape }] of Object.entries(makeReferences(c, inputs))) {
    outs[name] = tensors[replacedBy(c, inputs, name) ?? ''] ?? place(shape, resultDType(c, name));
  }
  runOp(library, c, tensors, outs);
  return steps;
}
