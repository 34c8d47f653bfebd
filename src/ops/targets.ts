import { checkTensor } from '../engine/check-tensor';
import type { Engine } from '../engine/engine';
import type { HostFloats, HostIntegers, HostNumbers } from '../engine/host-data';
import type { DType, GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import { checkChoice, checkInteger, checkNumber } from '../util/checks';
import { arrayKind } from '../util/kinds';
import { describe, formatShape, wrongValue } from '../util/words';
import type { Rows } from './common';
import type { LogitsOptions } from './logits';
import { bitsOf } from './scale';
import { checkFits, holdsFloats, isBelow, parseIntegers, parseNumbers, type Small } from './small';

/**
 * Class indices (i32, u32) or probabilities (f32, f16), as a tensor or from the host: there an array
 * or a typed array of integers holds class indices, and one of floats probabilities.
 */
export type Targets = GpuTensor | HostIntegers | HostFloats;

/** Options of cross-entropy and its gradient, with PyTorch's meaning. */
export interface CrossEntropyOptions extends LogitsOptions {
  /** 'mean' (default), 'sum', or 'none': a loss per row. */
  reduction?: 'mean' | 'sum' | 'none';
  /** Rows of this class index count for nothing; default −100. Class indices only. */
  ignoreIndex?: number;
  /** A weight per class: f32 of shape [K], or K numbers. */
  classWeights?: GpuTensor | HostNumbers;
  /** ε in 0 … 1: the share of each target that is spread evenly over the classes; default 0. */
  labelSmoothing?: number;
  /** Factor ≥ 0 of the penalty `zLoss · lse²` a row; default 0. */
  zLoss?: number;
}

/**
 * A loss's options as uniforms.
 *
 * @throws RangeError for one that does not fit.
 */
export function lossParams(op: string, rows: Rows, options: CrossEntropyOptions) {
  const { reduction = 'mean', ignoreIndex = -100, labelSmoothing = 0, zLoss = 0 } = options;
  checkChoice(op, 'reduction', reduction, ['mean', 'sum', 'none']);
  checkInteger(op, 'ignoreIndex', ignoreIndex, -(2 ** 31), 2 ** 31 - 1);
  checkNumber(op, 'labelSmoothing', labelSmoothing, 0, 1);
  checkNumber(op, 'zLoss', zLoss, 0, 3.4e38, 'a finite f32 >= 0');
  const smoothing = Math.fround(labelSmoothing);
  const factor = reduction === 'mean' ? (rows.count > 0 ? 1 / rows.count : Number.NaN) : 1;
  return {
    classes: rows.length,
    ignore_index: ignoreIndex >>> 0,
    target_share: 1 - smoothing,
    class_share: smoothing / Math.max(1, rows.length),
    z_loss: zLoss,
    row_factor: bitsOf(factor),
    z_factor: bitsOf(factor),
  };
}

/** Class indices, one a row, or probabilities. */
export interface ParsedTargets {
  readonly indices?: Small;
  readonly probabilities?: Small;
}

/**
 * Checks targets. Class indices that the host can see are checked there.
 *
 * @throws RangeError or TypeError for a shape, dtype or host class index that does not fit.
 */
export function parseTargets(
  engine: Engine,
  op: string,
  logits: { readonly shape: readonly number[] },
  targets: Targets,
  { length, count, rowShape }: Rows,
  ignoreIndex: number,
): ParsedTargets {
  if (length === 0 && count > 0 && !isProbabilities(targets)) {
    const may = `probabilities (the logits' shape is ${formatShape(logits.shape)}, without a class for an index)`;
    wrongValue(op, 'targets', may, describe(targets));
  }
  let given: Small;
  if (arrayKind(targets) === undefined) {
    const orElse = ', an array of class indices or a Float32Array of probabilities';
    checkTensor<DType>(engine, op, 'targets', targets, ['i32', 'u32', ...floatDTypes], orElse);
    given = targets;
  } else if (holdsFloats(targets)) {
    given = parseNumbers(engine, op, 'targets', targets);
  } else {
    const isGood = (t: unknown) => t === ignoreIndex || isBelow(t, length);
    const may = `a class index in [0, ${length - 1}] or ignoreIndex (${ignoreIndex})`;
    given = parseIntegers(op, 'targets', targets, isGood, may);
  }
  if (floatDTypes.includes(given.dtype as FloatDType)) {
    const why = `the shape of the logits, since ${given.dtype} targets are probabilities`;
    checkFits(op, 'targets', given, logits.shape, why);
    return { probabilities: given };
  }
  const why =
    'elements' in given
      ? 'one a row of the logits'
      : "the logits' shape without the axis, since integer targets are class indices";
  checkFits(op, 'targets', given, rowShape, why);
  return { indices: given };
}

/** Whether targets are of one number a logit. */
export const isProbabilities = (targets: Targets): boolean =>
  holdsFloats(targets) ||
  floatDTypes.includes((targets as GpuTensor | undefined)?.dtype as FloatDType);
