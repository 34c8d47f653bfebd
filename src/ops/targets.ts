import { checkTensor } from '../engine/check-tensor';
import type { Engine } from '../engine/engine';
import type { HostFloats, HostIntegers, HostNumbers } from '../engine/host-data';
import type { DType, GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import type { Params } from '../rows/params';
import { checkChoice, checkNumber } from '../util/checks';
import { arrayKind } from '../util/kinds';
import { describe, formatShape } from '../util/words';
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

/** The targets and their options as the kernels take them. */
export interface ParsedTargets {
  /** What they are of: class indices, those with smoothing, or probabilities. */
  readonly kind: 'index' | 'smoothed' | 'probabilities';
  readonly reduction: 'mean' | 'sum' | 'none';
  readonly params: Params;
  /** Class indices, one a row; undefined for probabilities. */
  readonly indices: Small | undefined;
  readonly probabilities: Small | undefined;
  readonly weights: Small | undefined;
}

/**
 * Checks targets and options.
 *
 * @throws RangeError or TypeError for a shape, dtype, host class index or option that does not fit.
 */
export function parseTargets(
  engine: Engine,
  op: string,
  logits: { readonly shape: readonly number[] },
  targets: Targets,
  rows: Rows,
  options: CrossEntropyOptions,
): ParsedTargets {
  const { reduction = 'mean', ignoreIndex = -100, labelSmoothing = 0, zLoss = 0 } = options;
  checkChoice(op, 'reduction', reduction, ['mean', 'sum', 'none']);
  if (!Number.isInteger(ignoreIndex) || (ignoreIndex | 0) !== ignoreIndex) {
    throw new RangeError(
      `${op}: ignoreIndex is ${describe(ignoreIndex)}; it may be an integer of ${-(2 ** 31)} … ${2 ** 31 - 1}`,
    );
  }
  checkNumber(op, 'labelSmoothing', labelSmoothing, 0, 1, 'a number of 0 … 1');
  checkNumber(op, 'zLoss', zLoss, 0, 3.4e38, 'a finite f32 >= 0');
  const weights =
    options.classWeights === undefined
      ? undefined
      : parseNumbers(engine, op, 'classWeights', options.classWeights);
  if (weights) checkFits(op, 'classWeights', weights, [rows.length], 'one weight a class');
  if (rows.length === 0 && rows.count > 0 && !isProbabilities(targets)) {
    throw new RangeError(
      `${op}: the logits' shape is ${formatShape(logits.shape)}, without a class for an index; targets may be probabilities`,
    );
  }
  const given = targetsOf(engine, op, targets, rows, ignoreIndex);
  const areProbabilities = floatDTypes.includes(given.dtype as FloatDType);
  if (areProbabilities) {
    const why = `the shape of the logits, since ${given.dtype} targets are probabilities`;
    checkFits(op, 'targets', given, logits.shape, why);
  } else {
    const why =
      'elements' in given
        ? 'one a row of the logits'
        : "the logits' shape without the axis, since integer targets are class indices";
    checkFits(op, 'targets', given, rows.rowShape, why);
  }
  const smoothing = Math.fround(labelSmoothing);
  const factor = reduction === 'mean' ? (rows.count > 0 ? 1 / rows.count : Number.NaN) : 1;
  const params: Params = {
    classes: rows.length,
    ignore_index: ignoreIndex >>> 0,
    // A u32 target is never negative.
    has_ignore: Number(ignoreIndex >= 0 || given.dtype !== 'u32'),
    target_share: 1 - smoothing,
    class_share: smoothing / Math.max(1, rows.length),
    z_loss: zLoss,
    row_factor: bitsOf(factor),
    z_factor: bitsOf(factor),
  };
  return {
    kind: areProbabilities ? 'probabilities' : smoothing === 0 ? 'index' : 'smoothed',
    reduction,
    params,
    indices: areProbabilities ? undefined : given,
    probabilities: areProbabilities ? given : undefined,
    weights,
  };
}

/** Whether targets are of one number a logit. */
export const isProbabilities = (targets: Targets): boolean =>
  holdsFloats(targets) ||
  floatDTypes.includes((targets as GpuTensor | undefined)?.dtype as FloatDType);

/** Class indices that the host can see are checked there. */
function targetsOf(
  engine: Engine,
  op: string,
  targets: Targets,
  { length }: Rows,
  ignoreIndex: number,
): Small {
  const kind = arrayKind(targets);
  if (kind === undefined) {
    const orElse = ', an array of class indices, or a Float32Array of probabilities';
    checkTensor<DType>(engine, op, 'targets', targets, ['i32', 'u32', ...floatDTypes], orElse);
    return targets;
  }
  if (holdsFloats(targets)) return parseNumbers(engine, op, 'targets', targets);
  const may = `a class index may be 0 … ${length - 1}, or ignoreIndex (${ignoreIndex})`;
  return parseIntegers(op, 'targets', targets, (t) => t === ignoreIndex || isBelow(t, length), may);
}
