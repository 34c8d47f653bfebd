import type { Engine } from '../engine';
import { type FloatDType, floatDTypes, type Region } from '../gpu/region';
import { type DType, GpuTensor } from '../gpu/tensor';
import type { KernelOpName } from '../kernels/kernel-ops';
import type { Params } from '../kernels/params';
import {
  bitsOf,
  checkChoice,
  checkNumber,
  checkShape,
  checkTensor,
  describe,
  formatShape,
  type Rows,
} from './arguments';
import type { LogitsOptions } from './normalize';

/** Class indices (i32, u32) or probabilities (f32, f16); class indices may also come from the host. */
export type Targets = GpuTensor | Int32Array | Uint32Array | readonly number[];

/** Options of cross-entropy and its gradient, with PyTorch's meaning. */
export interface CrossEntropyOptions extends LogitsOptions {
  /** 'mean' (default), 'sum', or 'none': a loss per row. */
  reduction?: 'mean' | 'sum' | 'none';
  /** Rows of this class index count for nothing; default −100. Class indices only. */
  ignoreIndex?: number;
  /** A weight per class: f32 of shape [K]. */
  classWeights?: GpuTensor;
  /** ε in 0 … 1: the share of each target that is spread evenly over the classes; default 0. */
  labelSmoothing?: number;
  /** Factor ≥ 0 of the penalty `zLoss · lse²` a row; default 0. */
  zLoss?: number;
}

/** The targets and their options as the kernels take them. */
export interface TargetPlan {
  readonly op: KernelOpName &
    ('cross-entropy' | 'cross-entropy-smoothed' | 'cross-entropy-probabilities');
  readonly reduction: 'mean' | 'sum' | 'none';
  readonly params: Params;
  /** Class indices, one a row; undefined for probabilities. */
  readonly indices: GpuTensor | undefined;
  readonly probabilities: GpuTensor | undefined;
  readonly weights: Region | undefined;
  /** Class indices given on the host, yet to be uploaded. */
  readonly hostIndices: Int32Array<ArrayBuffer> | undefined;
}

/**
 * Checks targets and options.
 *
 * @throws RangeError or TypeError for a shape, dtype, host class index or option that does not fit.
 */
export function planTargets(
  engine: Engine,
  op: string,
  logits: { readonly shape: readonly number[] },
  targets: Targets,
  rows: Rows,
  options: CrossEntropyOptions,
): TargetPlan {
  const { reduction = 'mean', ignoreIndex = -100, labelSmoothing = 0, zLoss = 0 } = options;
  checkChoice(op, 'reduction', reduction, ['mean', 'sum', 'none']);
  if (!Number.isInteger(ignoreIndex) || (ignoreIndex | 0) !== ignoreIndex) {
    throw new RangeError(
      `${op}: ignoreIndex is ${describe(ignoreIndex)}; it may be an integer of ${-(2 ** 31)} … ${2 ** 31 - 1}`,
    );
  }
  checkNumber(op, 'labelSmoothing', labelSmoothing, 0, 1, 'a number of 0 … 1');
  checkNumber(op, 'zLoss', zLoss, 0, 3.4e38, 'a finite f32 >= 0');
  const { classWeights } = options;
  if (classWeights !== undefined) {
    checkTensor(engine, op, 'classWeights', classWeights, ['f32']);
    checkShape(op, 'classWeights', classWeights.shape, [rows.length], 'one weight a class');
  }
  const isProbabilities =
    targets instanceof GpuTensor && floatDTypes.includes(targets.dtype as FloatDType);
  if (rows.length === 0 && rows.count > 0 && !isProbabilities) {
    throw new RangeError(
      `${op}: the logits' shape is ${formatShape(logits.shape)}, without a class for an index; targets may be probabilities`,
    );
  }
  if (!(targets instanceof GpuTensor)) checkHostTargets(op, targets, rows, ignoreIndex);
  else checkTensor<DType>(engine, op, 'targets', targets, ['i32', 'u32', ...floatDTypes]);

  if (targets instanceof GpuTensor) {
    const shape = isProbabilities ? logits.shape : rows.rowShape;
    const why = isProbabilities
      ? `the shape of the logits, since ${targets.dtype} targets are probabilities`
      : "the logits' shape without the axis, since integer targets are class indices";
    checkShape(op, 'targets', targets.shape, shape, why);
  }
  const smoothing = Math.fround(labelSmoothing);
  const factor = reduction === 'mean' ? (rows.count > 0 ? 1 / rows.count : Number.NaN) : 1;
  const params: Params = {
    classes: rows.length,
    ignore_index: ignoreIndex >>> 0,
    // A u32 target is never negative.
    has_ignore: Number(
      ignoreIndex >= 0 || !(targets instanceof GpuTensor && targets.dtype === 'u32'),
    ),
    target_share: 1 - smoothing,
    class_share: smoothing / Math.max(1, rows.length),
    z_loss: zLoss,
    row_factor: bitsOf(factor),
    z_factor: bitsOf(factor),
  };
  const onGpu = targets instanceof GpuTensor ? targets : undefined;
  return {
    op: isProbabilities
      ? 'cross-entropy-probabilities'
      : smoothing === 0
        ? 'cross-entropy'
        : 'cross-entropy-smoothed',
    reduction,
    params,
    indices: isProbabilities ? undefined : onGpu,
    hostIndices: targets instanceof GpuTensor ? undefined : Int32Array.from(targets),
    probabilities: isProbabilities ? onGpu : undefined,
    weights: classWeights,
  };
}

/** Class indices that the host can see are checked there. */
function checkHostTargets(
  op: string,
  targets: Exclude<Targets, GpuTensor>,
  rows: Rows,
  ignoreIndex: number,
): void {
  if (
    !Array.isArray(targets) &&
    !(targets instanceof Int32Array || targets instanceof Uint32Array)
  ) {
    throw new TypeError(
      `${op}: targets is ${describe(targets)}; it may be a GpuTensor, or class indices as an Int32Array, Uint32Array or array`,
    );
  }
  if (targets.length !== rows.count) {
    throw new RangeError(
      `${op}: targets has ${targets.length} elements; it must have ${rows.count}, one a row of the logits`,
    );
  }
  for (let r = 0; r < targets.length; r++) {
    const t = targets[r]!;
    if (t !== ignoreIndex && !(Number.isInteger(t) && t >= 0 && t < rows.length)) {
      throw new RangeError(
        `${op}: targets[${r}] is ${describe(t)}; a class index may be 0 … ${rows.length - 1}, or ignoreIndex (${ignoreIndex})`,
      );
    }
  }
}
