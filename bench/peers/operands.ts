import { Random, uniform } from '../../conformance/random';
import type { HostTensor } from '../../src/reference';
import * as reference from '../../src/reference';
import { benchOps } from '../ops';
import { elementsOf, rowsOf, type Shape } from '../shapes';
import type { PeerOp } from './ops';

/** What the operations that are compared may read. */
type Role = (typeof benchOps)[PeerOp]['inputs'][number];

/** What the calls of one operation read: the same numbers for every library. */
export interface HostOperands {
  readonly shape: Shape;
  /** What the operation reads, and no more. */
  readonly host: Readonly<Record<Role, HostTensor>>;
  /** How often each input is uploaded. Consecutive calls take turns, so that a cache does not flatter. */
  readonly copies: number;
}

/** Bytes of all copies of a tensor: with input and output together more than nearly all caches hold. */
const ROTATION = 2 ** 26;
const MAX_COPIES = 256;
const SEED = 1;

/**
 * Makes inputs: logits uniform in −8 … 8, vectors in −1 … 1, targets any class, and probabilities
 * as the float64 reference has them, rounded.
 */
export function hostOperands(op: PeerOp, shape: Shape): HostOperands {
  const { dims, axis } = shape;
  const count = elementsOf(shape);
  const { count: rows, length } = rowsOf(shape);
  const logits = () => ({ data: uniform(SEED, count, -8, 8), shape: dims });
  const make: Record<Role, () => HostTensor> = {
    x: logits,
    v: () => ({ data: uniform(SEED + 1, count, -1, 1), shape: dims }),
    y: () => ({
      data: Float32Array.from(reference.softmax(logits(), { axis }).data),
      shape: dims,
    }),
    targets: () => {
      const random = new Random(SEED + 2);
      return {
        data: Int32Array.from({ length: rows }, () => random.integer(length)),
        shape: dims.filter((_, i) => i !== axis),
      };
    },
  };
  const entries = benchOps[op].inputs.map((role) => [role, make[role]()] as const);
  return {
    shape,
    host: Object.fromEntries(entries) as HostOperands['host'],
    copies: Math.max(1, Math.min(MAX_COPIES, Math.floor(ROTATION / (4 * count)))),
  };
}

/** Targets as rows of zeros with a one, for losses that take nothing else. */
export function oneHot(targets: HostTensor, shape: Shape): HostTensor {
  const { length, inner } = rowsOf(shape);
  const data = new Float32Array(elementsOf(shape));
  targets.data.forEach((target, row) => {
    const column = row % inner;
    data[(row - column) * length + column + target * inner] = 1;
  });
  return { data, shape: shape.dims };
}

/** Copies of a tensor, each in a buffer of its own, of whole vec4s. */
export function upload(device: GPUDevice, { data }: HostTensor, copies: number): GPUBuffer[] {
  return Array.from({ length: copies }, () => {
    const buffer = device.createBuffer({
      label: 'bench peers',
      size: 16 * Math.ceil(data.length / 4),
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
    return buffer;
  });
}
