import { checkTensor } from '../engine/check-tensor';
import type { Engine } from '../engine/engine';
import type { HostFloats } from '../engine/host-data';
import type { GpuTensor } from '../engine/tensor';
import { checkOptions } from '../util/checks';
import { arrayKind } from '../util/kinds';
import { wrongValue } from '../util/words';
import { isBelow, parseIntegers, parseNumbers, type Small } from './small';

/** A bias on the logits of some classes. */
export interface BiasOption {
  /** Added to the logits of these classes in every row, before penalties and mask. */
  bias?: Bias | undefined;
}

/** Values by class, at most 4 096; those of one class are added in their order. */
export interface Bias {
  /** i32 or u32 [n]. On the host a class that no row has is refused, on the GPU it is passed over. */
  indices: GpuTensor | readonly number[] | Int32Array | Uint32Array;
  /** f32 [n]. */
  values: GpuTensor | readonly number[] | HostFloats;
}

/** Each entry looks for others of its class. */
const MAX_ENTRIES = 4096;

/** @throws TypeError or RangeError for indices or values that are not as `Bias` says. */
export function parseBias(
  engine: Engine,
  op: string,
  bias: Bias,
  classes: number,
): { readonly indices: Small; readonly values: Small } {
  checkOptions(op, 'bias', bias);
  const [name, may] = ['bias.indices', [0, classes - 1] as const];
  const values = parseNumbers(engine, op, 'bias.values', bias.values);
  let indices: Small;
  if (arrayKind(bias.indices) === undefined) {
    checkTensor(engine, op, name, bias.indices, ['i32', 'u32'], ' or an array of integers');
    indices = bias.indices;
  } else {
    indices = parseIntegers(op, name, bias.indices, (v) => isBelow(v, classes), may);
  }
  if (indices.count > MAX_ENTRIES) {
    wrongValue(op, name, `at most ${MAX_ENTRIES} (an additive mask takes more)`, indices.count);
  }
  if (values.count !== indices.count) {
    wrongValue(op, 'bias.values', `${indices.count}, as many as indices`, values.count);
  }
  return { indices, values };
}
