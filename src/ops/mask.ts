import type { Engine } from '../engine';
import type { GpuTensor } from '../gpu/tensor';
import { MASK_DIMS, type Params } from '../kernels/params';
import type { MaskTask } from '../kernels/plan';
import { checkTensor, describe, formatShape, type Rows } from './arguments';

/** A mask on the logits. */
export interface MaskOption {
  /**
   * f32: added to the logits before the scale. u32: nonzero keeps an element, zero makes it −inf.
   * Broadcast to the tensor's shape as NumPy does. `'causal'`: query q of the last two dimensions
   * [Q, K], Q ≤ K, sees keys k ≤ q + K − Q.
   */
  mask?: GpuTensor | 'causal' | undefined;
}

interface Masked {
  readonly mask?: MaskTask;
  readonly params: Params;
}

/**
 * The mask as the kernels take it: like row data where it has the tensor's own shape, else by its
 * stride along the axis and a size and stride for each group of row dimensions.
 *
 * @throws RangeError if it does not broadcast, or is causal where that has no meaning.
 */
export function maskOf(
  engine: Engine,
  op: string,
  { mask }: MaskOption,
  shape: readonly number[],
  rows: Rows,
): Masked {
  if (mask === undefined) return { params: {} };
  if (mask === 'causal') return causal(op, shape, rows);
  if (typeof mask === 'string') {
    throw new RangeError(`${op}: mask is ${describe(mask)}; it may be a GpuTensor or 'causal'`);
  }
  checkTensor(engine, op, 'mask', mask, ['f32', 'u32']);
  const kind = mask.dtype === 'f32' ? 'additive' : 'boolean';
  if (mask.shape.length === shape.length && mask.shape.every((n, d) => n === shape[d])) {
    return { mask: { kind, layout: 'row', region: mask }, params: {} };
  }
  const strides = broadcastStrides(op, mask.shape, shape);
  const groups: [size: number, stride: number][] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    if (d === rows.axis || shape[d] === 1) continue;
    const [size, stride] = [shape[d]!, strides[d]!];
    const last = groups[groups.length - 1];
    // Dimensions that the mask walks as one are one.
    if (last && stride === last[0] * last[1]) last[0] *= size;
    else groups.push([size, stride]);
  }
  if (groups.length > MASK_DIMS) {
    throw new RangeError(
      `${op}: mask ${formatShape(mask.shape)} broadcast to ${formatShape(shape)} needs ${groups.length} groups of ` +
        `dimensions; it may need ${MASK_DIMS}`,
    );
  }
  return {
    mask: { kind, layout: 'broadcast', region: mask },
    params: { mask_rank: groups.length, mask_step: strides[rows.axis]!, mask_dims: groups },
  };
}

function causal(op: string, shape: readonly number[], rows: Rows): Masked {
  const rank = shape.length;
  const [queries, keys] = [shape[rank - 2], shape[rank - 1]!];
  if (rank < 2 || rows.axis !== rank - 1 || queries === undefined || queries > keys) {
    throw new RangeError(
      `${op}: mask 'causal' needs trailing dimensions [Q, K] with Q <= K and the axis last; ` +
        `the shape is ${formatShape(shape)} and the axis ${rows.axis}`,
    );
  }
  return { mask: { kind: 'causal', layout: 'row' }, params: { queries } };
}

/** The stride of a mask along each dimension of the tensor: 0 where it is broadcast. */
function broadcastStrides(op: string, mask: readonly number[], shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  const lead = shape.length - mask.length;
  let stride = 1;
  for (let d = mask.length - 1; d >= 0; d--) {
    const size = mask[d]!;
    if (lead + d < 0 || (size !== 1 && size !== shape[lead + d])) {
      throw new RangeError(
        `${op}: mask has shape ${formatShape(mask)}, which does not broadcast to ${formatShape(shape)}; ` +
          'each of its dimensions, counted from the last, must be 1 or the same',
      );
    }
    if (size !== 1) strides[lead + d] = stride;
    stride *= size;
  }
  return strides;
}
