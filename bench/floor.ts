/**
 * The yardstick of every benchmark: the fastest kernel that moves an operation's minimal traffic.
 *
 * The floor of an operation is the fastest, measured in the same run, of a family of kernels that
 * read as many tensors and write as many (softmax reads one and writes one, a VJP reads two and
 * writes one, log-sum-exp and the loss of cross-entropy read one, a Jacobian writes one), each
 * element once, in vec4s, with `exp` on the way where anything is read. The family: neighbouring
 * invocations stride through the grid together, or each takes a contiguous run of 1, 4, 16, 64 or
 * 256 vec4s. GPUs want the first, CPU-backed adapters the last. Values of one a row (targets,
 * log-sum-exps, losses) are not part of the floor's traffic.
 */
import type { FloatDType } from '../src';
import code from './floor.wgsl';
import type { Candidate } from './measure';

/** Whole tensors that an operation cannot do without moving. */
export interface Traffic {
  readonly reads: 0 | 1 | 2;
  readonly writes: 0 | 1;
}

/** What the kernels of a family do with each element. */
export interface Work {
  /** How elements lie in memory: two halves to a word, or f32s. */
  readonly dtype: FloatDType;
  /** Without it the family copies: what the device's memory can do. */
  readonly exponential: boolean;
}

/** Where a floor kernel reads and writes; each range holds `count` elements, in whole vec4s of words. */
export interface FloorOperands {
  readonly a: GPUBufferBinding;
  readonly b: GPUBufferBinding;
  readonly result: GPUBufferBinding;
}

const RUNS = [0, 1, 4, 16, 64, 256];
const WORKGROUP_SIZE = 64;
/** Invocations of a grid stride, 64 each: enough to fill the largest GPU. */
const STRIDE_WORKGROUPS = 4096;

/** How a floor kernel walks, in words. */
const walkName = (run: number) => (run === 0 ? 'grid stride' : `runs of ${run}`);

/** Words for a kind of floor, such as `1 read, 1 write`. */
export const trafficName = ({ reads, writes }: Traffic) =>
  [reads > 0 && `${reads} read`, writes > 0 && `${writes} write`].filter(Boolean).join(', ');

/**
 * The family for one kind of traffic over tensors of `count` elements.
 *
 * @param slots operands for consecutive calls, used in turn. What is not part of the traffic is
 * bound all the same, and not touched.
 */
export function floorCandidates(
  device: GPUDevice,
  traffic: Traffic,
  count: number,
  slots: readonly FloorOperands[],
  work: Work = { dtype: 'f32', exponential: true },
): Candidate[] {
  const vec4s = Math.ceil(count / (work.dtype === 'f16' ? 8 : 4));
  const params = device.createBuffer({
    label: 'floor params',
    size: 16,
    usage: GPUBufferUsage.UNIFORM,
    mappedAtCreation: true,
  });
  const view = new DataView(params.getMappedRange());
  view.setUint32(0, vec4s, true);
  // Sums of exponentials are positive.
  view.setFloat32(4, -1, true);
  params.unmap();

  return RUNS.map((run) => {
    const pipeline = pipelineOf(device, traffic, run, work);
    const layout = pipeline.getBindGroupLayout(0);
    const groups = slots.map(({ a, b, result }) =>
      device.createBindGroup({
        layout,
        entries: [{ buffer: params }, a, b, result].map((resource, binding) => ({
          binding,
          resource,
        })),
      }),
    );
    const invocations = run === 0 ? vec4s : Math.ceil(vec4s / run);
    const wanted = Math.ceil(invocations / WORKGROUP_SIZE);
    const workgroups = run === 0 ? Math.min(wanted, STRIDE_WORKGROUPS) : wanted;
    const rows = Math.ceil(workgroups / device.limits.maxComputeWorkgroupsPerDimension);
    return {
      name: walkName(run),
      family: trafficName(traffic),
      record(pass, call) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, groups[call % groups.length]!);
        pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows);
      },
    };
  });
}

/** Of each device the kernels that were compiled, by label: one run has many shapes. */
const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

function pipelineOf(
  device: GPUDevice,
  traffic: Traffic,
  run: number,
  { dtype, exponential }: Work,
): GPUComputePipeline {
  const compiled = pipelines.get(device) ?? new Map<string, GPUComputePipeline>();
  pipelines.set(device, compiled);
  const kind = exponential ? 'floor' : 'copy';
  const label = `${kind} ${dtype} ${trafficName(traffic)}, ${walkName(run)}`;
  const pipeline =
    compiled.get(label) ??
    device.createComputePipeline({
      label,
      layout: 'auto',
      compute: {
        module: device.createShaderModule({ label, code }),
        constants: {
          reads: traffic.reads,
          writes: Number(traffic.writes),
          run,
          halves: Number(dtype === 'f16'),
          exponential: Number(exponential),
        },
      },
    });
  compiled.set(label, pipeline);
  return pipeline;
}
