import type { Call, Input } from '../engine/call';
import { checkTensor } from '../engine/check-tensor';
import type { Engine } from '../engine/engine';
import type { HostFloats } from '../engine/host-data';
import type { GpuTensor } from '../engine/tensor';
import { MASK_DIMS, type Params } from '../rows/params';
import type { MaskTask } from '../rows/plan';
import { arrayKind } from '../util/kinds';
import { describe, formatShape, wrongKind, wrongValue } from '../util/words';
import type { Rows } from './common';
import { checkEach, hostElements, inputsOf, type Small } from './small';

/** A mask on the logits. */
export interface MaskOption {
  /**
   * f32: added to the logits before the scale. u32: nonzero keeps an element, zero makes it −inf.
   * Broadcast to the tensor's shape as NumPy does. `'causal'`: query q of the last two dimensions
   * [Q, K], Q ≤ K, sees keys k ≤ q + K − Q.
   *
   * On the host: numbers, as an array or a typed array of floats, are added; booleans, a Uint8Array
   * or a Uint32Array say what to keep. As many as the axis is long mask every row alike, as many as
   * the tensor has mask element by element.
   */
  mask?: GpuTensor | HostMask | 'causal' | undefined;
}

/** A mask on the host. */
export type HostMask =
  | HostFloats
  | readonly number[]
  | readonly boolean[]
  | Uint8Array
  | Uint32Array;

interface Masked {
  readonly mask?: Mask;
  readonly params: Params;
}

/** A mask that may yet be on the host. */
export type Mask = Omit<MaskTask, 'region'> & { readonly region?: Small };

/** The mask as an input of its operation; `rowData` if one of the tensor's own shape may be overwritten. */
export const maskInputs = (mask: Mask | undefined, rowData = true): Input[] =>
  inputsOf('mask', mask?.region, rowData && mask?.layout === 'row');

/** The mask on the GPU. */
export function placedMask(call: Call, mask: Mask | undefined): MaskTask | undefined {
  if (!mask) return undefined;
  const { region, ...how } = mask;
  return { ...how, ...(region && { region: call.placed(region) }) };
}

/**
 * The mask as the kernels take it: like row data where it has the tensor's own shape, else by its
 * stride along the axis and a size and stride for each group of row dimensions.
 *
 * @throws RangeError if it does not broadcast, or is causal where that has no meaning.
 */
export function parseMask(
  engine: Engine,
  op: string,
  { mask }: MaskOption,
  shape: readonly number[],
  rows: Rows,
): Masked {
  if (mask === undefined) return { params: {} };
  if (mask === 'causal') return causal(op, shape, rows);
  if (typeof mask === 'string') {
    wrongValue(op, 'mask', "a GpuTensor, an array or 'causal'", describe(mask));
  }
  const [region, maskShape] = onHost(op, mask, shape, rows) ?? onGpu(engine, op, mask as GpuTensor);
  const kind = region.dtype === 'f32' ? 'additive' : 'boolean';
  if (maskShape.length === shape.length && maskShape.every((n, d) => n === shape[d])) {
    return { mask: { kind, layout: 'row', region }, params: {} };
  }
  const strides = broadcastStrides(op, maskShape, shape);
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
    const may = `at most ${MASK_DIMS} groups of dimensions to broadcast to ${formatShape(shape)}`;
    const got = `${groups.length} of shape ${formatShape(maskShape)}`;
    wrongValue(op, 'mask', may, got);
  }
  return {
    mask: { kind, layout: 'broadcast', region },
    params: { mask_rank: groups.length, mask_stride: strides[rows.axis]!, mask_dims: groups },
  };
}

type Shaped = readonly [region: Small, shape: readonly number[]];

function onGpu(engine: Engine, op: string, mask: GpuTensor): Shaped {
  checkTensor(engine, op, 'mask', mask, ['f32', 'u32'], ", an array or 'causal'");
  return [mask, mask.shape];
}

/** A mask on the host, whose shape follows from its length; undefined for anything else. */
function onHost(
  op: string,
  mask: unknown,
  shape: readonly number[],
  { axis, length, count }: Rows,
): Shaped | undefined {
  const kind = arrayKind(mask);
  if (kind === undefined) return undefined;
  const values = mask as ArrayLike<number>;
  const keeps = /^Uint(8|32)Array/.test(kind) || typeof values[0] === 'boolean';
  if (!keeps && !/^(Array|Float)/.test(kind)) {
    const may = 'an array of numbers or booleans, a Float32Array, a Uint8Array or a Uint32Array';
    wrongKind(op, 'mask', may, describe(mask));
  }
  if (values.length !== length && values.length !== length * count) {
    const may = `length ${length} (for every row alike) or ${length * count} (one for each element)`;
    wrongValue(op, 'mask', may, values.length);
  }
  if (kind === 'Array') {
    const type = keeps ? 'boolean' : 'number';
    checkEach(op, 'mask', values, (v) => typeof v === type, `a ${type}`);
  }
  return [
    keeps
      ? hostElements('u32', new Uint32Array(values))
      : hostElements('f32', new Float32Array(values)),
    values.length === length ? shape.map((n, d) => (d === axis ? n : 1)) : shape,
  ];
}

function causal(op: string, shape: readonly number[], rows: Rows): Masked {
  const rank = shape.length;
  const [queries, keys] = [shape[rank - 2], shape[rank - 1]!];
  if (rank < 2 || rows.axis !== rank - 1 || queries === undefined || queries > keys) {
    const may = "trailing dimensions [Q, K] with Q <= K and the axis last for 'causal'";
    const got = `shape ${formatShape(shape)} and axis ${rows.axis}`;
    wrongValue(op, 'mask', may, got);
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
      const may =
        `a shape that broadcasts to ${formatShape(shape)} ` +
        '(each dimension, counted from the last, 1 or the same)';
      wrongValue(op, 'mask', may, formatShape(mask));
    }
    if (size !== 1) strides[lead + d] = stride;
    stride *= size;
  }
  return strides;
}
