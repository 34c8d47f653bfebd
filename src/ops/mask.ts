import type { Call, Input } from '../engine/call';
import { checkTensor } from '../engine/check-tensor';
import type { Engine } from '../engine/engine';
import type { HostFloats } from '../engine/host-data';
import type { DType, GpuTensor } from '../engine/tensor';
import { MASK_DIMS, type Params } from '../rows/params';
import type { MaskTask } from '../rows/plan';
import { checkChoice } from '../util/checks';
import { arrayKind } from '../util/kinds';
import { describe, formatShape, wrongKind, wrongValue } from '../util/words';
import type { Rows } from './common';
import { checkEach, hostElements, inputsOf, type Small } from './small';

/** A mask on the logits. */
export interface MaskOption {
  /**
   * f32: added to the logits before the scale. u32: nonzero keeps an element, zero makes it −inf.
   * Broadcast to the tensor's shape as NumPy does. `'causal'`: query q of the last two dimensions
   * [Q, K], Q ≤ K, sees keys k ≤ q + K − Q. `{ bits }`: 32 elements in a word.
   *
   * On the host: numbers, as an array or a typed array of floats, are added; booleans, a Uint8Array
   * or a Uint32Array say what to keep. As many as the axis is long mask every row alike, as many as
   * the tensor has mask element by element.
   */
  mask?: GpuTensor | HostMask | BitMask | 'causal' | undefined;
}

/** A mask on the host. */
export type HostMask =
  | HostFloats
  | readonly number[]
  | readonly boolean[]
  | Uint8Array
  | Uint32Array;

/** A mask of one bit an element. */
export interface BitMask {
  /**
   * u32 or i32, of the tensor's shape with ⌈K/32⌉ words or more along the axis, broadcast as NumPy
   * does in the others: bit i mod 32 of word ⌊i/32⌋, the lowest first, is 1 where element i is kept.
   * Bits past K do not count. On the host ⌈K/32⌉ words mask every row alike, or as many for each.
   */
  bits: GpuTensor | Uint32Array | Int32Array;
}

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
  if (typeof mask === 'string') {
    checkChoice(op, 'mask', mask, ['causal']);
    return causal(op, shape, rows);
  }
  const { bits } = (mask ?? {}) as BitMask;
  const name = bits ? 'mask.bits' : 'mask';
  const [region, maskShape] = regionOf(engine, op, name, bits ?? mask, shape, rows);
  const kind = bits ? 'bits' : region.dtype === 'f32' ? 'additive' : 'boolean';
  if (!bits && maskShape.join() === shape.join()) {
    return { mask: { kind, layout: 'row', region }, params: {} };
  }
  const rank = shape.length;
  const lead = rank - maskShape.length;
  const groups: [size: number, stride: number][] = [];
  let mask_stride = 0;
  let step = 1;
  for (let d = rank - 1; d >= 0; d--) {
    const size = maskShape[d - lead] ?? 1;
    // Where it is broadcast it stays.
    const stride = size === 1 ? 0 : step;
    step *= size;
    const words = bits && d === rows.axis && lead >= 0;
    if (words ? 32 * size < rows.length : lead < 0 || (size !== 1 && size !== shape[d])) {
      const may = words
        ? `${Math.ceil(rows.length / 32)} words or more`
        : `a shape that broadcasts to ${formatShape(shape)} (each dimension, from the last, 1 or the same)`;
      wrongValue(op, name, may, words ? size : formatShape(maskShape));
    }
    if (d === rows.axis) mask_stride = stride;
    else if (shape[d] !== 1) {
      const last = groups[groups.length - 1];
      // Dimensions that the mask walks as one are one.
      if (last && stride === last[0] * last[1]) last[0] *= shape[d]!;
      else groups.push([shape[d]!, stride]);
    }
  }
  if (groups.length > MASK_DIMS) {
    wrongValue(op, name, `at most ${MASK_DIMS} dimensions to broadcast`, groups.length);
  }
  return {
    mask: { kind, layout: 'broadcast', region },
    params: { mask_rank: groups.length, mask_stride, mask_dims: groups },
  };
}

const withAxis = (shape: readonly number[], { axis }: Rows, length: number): number[] =>
  shape.map((n, d) => (d === axis ? length : n));

/** A mask on the GPU, or one on the host, whose shape follows from its length. */
function regionOf(
  engine: Engine,
  op: string,
  name: 'mask' | 'mask.bits',
  mask: unknown,
  shape: readonly number[],
  rows: Rows,
): readonly [region: Small, shape: readonly number[]] {
  const isBits = name !== 'mask';
  const kind = arrayKind(mask);
  if (kind === undefined || (isBits && !/nt32/.test(kind))) {
    const orElse = isBits ? ' or a Uint32Array' : ", an array or 'causal'";
    checkTensor<DType>(engine, op, name, mask, [isBits ? 'i32' : 'f32', 'u32'], orElse);
    return [mask, mask.shape];
  }
  const values = mask as ArrayLike<number>;
  const keeps = isBits || /^Uint(8|32)Array/.test(kind) || typeof values[0] === 'boolean';
  if (!keeps && !/^(Array|Float)/.test(kind)) {
    const may = 'an array of numbers or booleans, a Float32Array, a Uint8Array or a Uint32Array';
    wrongKind(op, name, may, describe(mask));
  }
  const length = isBits ? Math.ceil(rows.length / 32) : rows.length;
  const all = length * rows.count;
  if (values.length !== length && values.length !== all) {
    const may = `length ${length} (for every row alike) or ${all} (for each)`;
    wrongValue(op, name, may, values.length);
  }
  if (kind === 'Array') {
    const type = keeps ? 'boolean' : 'number';
    checkEach(op, name, values, (v) => typeof v === type, `a ${type}`);
  }
  return [
    keeps
      ? hostElements('u32', new Uint32Array(values))
      : hostElements('f32', new Float32Array(values)),
    withAxis(values.length === length ? shape.map(() => 1) : shape, rows, length),
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
