import keptWeight from '../../shaders/loss/kept-weight.wgsl';
import lossTotal from '../../shaders/loss/total.wgsl';
import ownSource from '../../shaders/ops/cross-entropy.wgsl';
import fourSums from '../../shaders/reductions/four-sums.wgsl';
import classIndex from '../../shaders/targets/class-index.wgsl';
import distribution from '../../shaders/targets/distribution.wgsl';
import lossOptions from '../../shaders/targets/options.wgsl';
import probabilityTargets from '../../shaders/targets/probabilities.wgsl';
import smoothedIndex from '../../shaders/targets/smoothed-index.wgsl';
import type { Engine } from '../engine/engine';
import type { Recording } from '../engine/recorder';
import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes, type Region } from '../gpu/region';
import type { Params } from '../rows/params';
import { type MaskTask, planRows } from '../rows/plan';
import { onLogits, plain, type RowOp } from '../rows/row-op';
import type { Precision } from '../rows/variant';
import {
  bitsOf,
  checkCommon,
  checkOptions,
  checkTensor,
  emptyFill,
  precisionOf,
  type Rows,
  resultDTypes,
  rowsOf,
  scaleParams,
} from './arguments';
import { maskInputs, maskOf, placedMask } from './mask';
import { type Input, outputOf } from './output';
import { checkFits, type HostNumbers, inputsOf, numbersOf, placed, type Small } from './small';
import { type CrossEntropyOptions, planTargets, type TargetPlan, type Targets } from './targets';

const onTargets = { ...onLogits, keeps: true } as const;
const ofDistribution = {
  ...onTargets,
  sumCount: 4,
} as const;

/** The kernels' own parts, by what the targets are. */
export const crossEntropyOps: Readonly<Record<TargetPlan['kind'], RowOp>> = {
  index: {
    ...onTargets,
    name: 'cross-entropy',
    sumCount: 3,
    sources: [ownSource, classIndex, lossOptions],
  },
  smoothed: {
    ...ofDistribution,
    name: 'cross-entropy-smoothed',
    sources: [ownSource, distribution, smoothedIndex, fourSums, lossOptions],
  },
  probabilities: {
    ...ofDistribution,
    name: 'cross-entropy-probabilities',
    sources: [ownSource, distribution, probabilityTargets, fourSums, lossOptions],
  },
};

/** Of the sum of the rows' losses. */
export const lossTotalOp: RowOp = {
  ...plain,
  name: 'loss-total',
  acrossRows: true,
  sumCount: 4,
  sources: [lossTotal, fourSums, lossOptions],
};

/** Of what 'mean' divides by. */
export const keptWeightOp: RowOp = {
  ...plain,
  name: 'kept-weight',
  acrossRows: true,
  gives: 'norm',
  sumCount: 4,
  sources: [keptWeight, fourSums, lossOptions],
};

/** Options of the loss. */
export interface CrossEntropyLossOptions extends Omit<CrossEntropyOptions, 'out'> {
  /** Write here. */
  out?: { loss?: GpuTensor; logSumExp?: GpuTensor };
}

/** Options of the gradient. */
export interface CrossEntropyGradOptions extends CrossEntropyOptions {
  /**
   * The gradient with respect to the loss: a number, or an f32 tensor of the loss's shape, or as many
   * numbers as there are losses. Default 1.
   */
  lossGrad?: number | GpuTensor | HostNumbers;
}

/** Options of loss and gradient together. */
export interface CrossEntropyWithGradOptions extends Omit<CrossEntropyGradOptions, 'out'> {
  /** Write here; `grad` may be the logits themselves. */
  out?: { loss?: GpuTensor; grad?: GpuTensor };
}

/** Loss and log-sum-exp; see `Softmax.crossEntropy`. */
export function crossEntropy(
  engine: Engine,
  logits: GpuTensor,
  targets: Targets,
  options: CrossEntropyLossOptions = {},
): { loss: GpuTensor<'f32'>; logSumExp: GpuTensor<'f32'> } {
  const op = 'crossEntropy';
  const run = prepare(engine, op, logits, targets, options, ['loss', 'logSumExp']);
  const { loss, logSumExp } = run(outsOf(op, options.out, ['loss', 'logSumExp']));
  return { loss: loss!, logSumExp: logSumExp! };
}

/** The gradient; see `Softmax.crossEntropyGrad`. */
export function crossEntropyGrad(
  engine: Engine,
  logits: GpuTensor,
  targets: Targets,
  options: CrossEntropyGradOptions = {},
): GpuTensor<FloatDType> {
  const run = prepare(engine, 'crossEntropyGrad', logits, targets, options, ['grad']);
  return run(options.out === undefined ? {} : { grad: options.out }).grad!;
}

/** Loss and gradient from one reading of the logits; see `Softmax.crossEntropyWithGrad`. */
export function crossEntropyWithGrad(
  engine: Engine,
  logits: GpuTensor,
  targets: Targets,
  options: CrossEntropyWithGradOptions = {},
): { loss: GpuTensor<'f32'>; grad: GpuTensor<FloatDType> } {
  const op = 'crossEntropyWithGrad';
  const run = prepare(engine, op, logits, targets, options, ['loss', 'grad']);
  const { loss, grad } = run(outsOf(op, options.out, ['loss', 'grad']));
  return { loss: loss!, grad: grad! };
}

type ResultName = 'loss' | 'logSumExp' | 'grad';
type Outs = { [Name in ResultName]?: GpuTensor };

interface Results {
  loss?: GpuTensor<'f32'>;
  logSumExp?: GpuTensor<'f32'>;
  grad?: GpuTensor<FloatDType>;
}

/** @throws TypeError for what is no record of results, or names another one. */
export function outsOf<Name extends string>(
  op: string,
  out: { [N in Name]?: GpuTensor } | undefined,
  names: readonly Name[],
): { [N in Name]?: GpuTensor } {
  if (out === undefined) return {};
  checkOptions(op, 'out', out);
  const wrong = Object.keys(out).find((name) => !names.includes(name as Name));
  if (wrong !== undefined) {
    throw new TypeError(`${op}: out has '${wrong}'; it may have '${names.join("' and '")}'`);
  }
  return out;
}

/** What the loss of some logits asks of the kernels, but for the logits and the results. */
export interface LossTask extends Pick<TargetPlan, 'kind' | 'reduction'> {
  /** Class indices, one a row; undefined for probabilities. */
  readonly indices: Region | undefined;
  readonly probabilities: Region | undefined;
  readonly weights: Region | undefined;
  readonly mask: MaskTask | undefined;
  readonly precision: Precision;
  /** The upstream gradient, unless it is a number. */
  readonly lossGrad: Region | undefined;
  readonly params: Params;
}

/** A loss whose arguments are checked. */
export interface CheckedLoss extends Pick<LossTask, 'reduction' | 'params'> {
  /** All but the logits. */
  readonly inputs: readonly Input[];
  /** Its task; arguments on the host are uploaded. */
  place(recorder: Recording): LossTask;
}

/**
 * Checks targets and options of a loss.
 *
 * @param logits their shape; they need not exist.
 * @throws RangeError or TypeError for what does not fit.
 */
export function checkLoss(
  engine: Engine,
  op: string,
  logits: { readonly shape: readonly number[] },
  targets: Targets,
  rows: Rows,
  options: Omit<CrossEntropyGradOptions, 'out'>,
  wantsGrad: boolean,
): CheckedLoss {
  const { mask, params: maskParams } = maskOf(engine, op, options, logits.shape, rows);
  const scale = scaleParams(op, options);
  const fill = emptyFill(op, options);
  // A sum over no classes.
  if (rows.length === 0) fill.empty_fill = 0;
  const precision = precisionOf(op, options);
  const { indices, probabilities, weights, ...plan } = planTargets(
    engine,
    op,
    logits,
    targets,
    rows,
    options,
  );
  const { reduction } = plan;
  const { lossGrad } = wantsGrad ? options : {};
  const upstream = upstreamOf(engine, op, lossGrad, rows.rowShape, reduction);
  const params: Params = { ...maskParams, ...scale, ...fill, ...plan.params, ...upstream.params };
  const inputs = [
    ...inputsOf('targets', indices),
    ...inputsOf('targets', probabilities, true),
    ...inputsOf('classWeights', weights),
    ...maskInputs(mask),
    ...inputsOf('lossGrad', upstream.small),
  ];
  const place = (recorder: Recording): LossTask => {
    const at = (small: Small | undefined) => small && placed(recorder, small);
    return {
      ...plan,
      indices: at(indices),
      probabilities: at(probabilities),
      weights: at(weights),
      mask: placedMask(recorder, mask),
      precision,
      lossGrad: at(upstream.small),
      params,
    };
  };
  return { reduction, params, inputs, place };
}

/** Checks what the three operations share, and returns what records the kernels for what is wanted. */
function prepare(
  engine: Engine,
  op: string,
  logits: GpuTensor,
  targets: Targets,
  options: Omit<CrossEntropyGradOptions, 'out'>,
  wants: readonly ResultName[],
) {
  const target = checkCommon(op, options);
  checkTensor(engine, op, 'logits', logits, floatDTypes);
  const rows = rowsOf(op, logits, options);
  const checked = checkLoss(engine, op, logits, targets, rows, options, wants.includes('grad'));
  const { reduction } = checked;
  const inputs: Input[] = [{ name: 'logits', region: logits, rowData: true }, ...checked.inputs];

  const record = (recorder: Recording, outs: Outs): Results => {
    const results: Results = {};
    const { count, rowShape } = rows;
    const taken = [...inputs];
    const output = <D extends FloatDType>(
      name: ResultName,
      shape: readonly number[],
      dtypes: readonly [D, ...D[]],
    ) => {
      if (!wants.includes(name)) return undefined;
      const arg = wants.length > 1 ? `out ${name}` : 'out';
      const inPlace = name === 'grad';
      const out = outputOf(engine, op, arg, outs[name], shape, dtypes, taken, inPlace, recorder);
      // Nor may one output lie on another.
      taken.push({ name: arg, region: out.tensor, rowData: false });
      return out;
    };
    const grad = output('grad', logits.shape, resultDTypes(logits.dtype));
    const loss = output('loss', reduction === 'none' ? rowShape : [], ['f32']);
    const lse = output('logSumExp', rowShape, ['f32']);
    const task = checked.place(recorder);
    const { indices, probabilities, lossGrad } = task;
    const norm = normOf(recorder, task, indices, rows.count);
    const rowLoss = loss && (reduction === 'none' ? loss.region : recorder.scratch(count));
    recorder.plan(planRows, {
      op: crossEntropyOps[task.kind],
      precision: task.precision,
      shape: rows,
      data: {
        x: logits,
        ...(probabilities && { v: probabilities }),
        ...(grad && { y: grad.region }),
      },
      values: {
        ...(indices && { class_index: indices }),
        ...(norm && { norm }),
        ...(grad && lossGrad && { loss_grad: lossGrad }),
        ...(rowLoss && { loss: rowLoss }),
        ...(lse && { lse: lse.region }),
      },
      weights: task.weights,
      mask: task.mask,
      params: task.params,
      regime: options.regime,
    });
    if (loss && rowLoss && reduction !== 'none') {
      recordTotal(recorder, task, rowLoss, loss.region, norm);
    }
    if (grad) results.grad = grad.tensor;
    if (loss) results.loss = loss.tensor;
    if (lse) results.logSumExp = lse.tensor;
    for (const result of [loss, lse, grad]) result?.finish(recorder);
    return results;
  };

  return (outs: Outs) => engine.record(op, target, inputs, (recorder) => record(recorder, outs));
}

/** Adds up the rows' losses. */
export function recordTotal(
  recorder: Recording,
  { params }: LossTask,
  rowLoss: Region,
  total: Region,
  norm: Region | undefined,
): void {
  recorder.plan(planRows, {
    op: lossTotalOp,
    shape: { outer: 1, length: rowLoss.count, inner: 1 },
    data: { x: rowLoss },
    values: { total, ...(norm && { norm }) },
    params,
  });
}

/** 1/Σ w[target] and 1/count over the rows kept, worked out on the GPU where only it can tell. */
export function normOf(
  recorder: Recording,
  { reduction, weights, params }: LossTask,
  indices: Region | undefined,
  count: number,
): Region | undefined {
  if (reduction !== 'mean' || !indices || count === 0) return undefined;
  const norm = recorder.scratch(2);
  recorder.plan(planRows, {
    op: keptWeightOp,
    shape: { outer: 1, length: count, inner: 1 },
    data: { x: indices },
    values: { norm },
    weights,
    params,
  });
  return norm;
}

function upstreamOf(
  engine: Engine,
  op: string,
  lossGrad: CrossEntropyGradOptions['lossGrad'] = 1,
  rowShape: readonly number[],
  reduction: TargetPlan['reduction'],
): { params: Params; small?: Small } {
  if (typeof lossGrad === 'number') return { params: { loss_grad: bitsOf(lossGrad) } };
  const small = numbersOf(engine, op, 'lossGrad', lossGrad, ', a number or an array of them');
  const perRow = reduction === 'none';
  if (perRow) checkFits(op, 'lossGrad', small, rowShape, 'one for each loss');
  else if (small.count !== 1) {
    throw new RangeError(
      `${op}: lossGrad has ${small.count} elements; with reduction '${reduction}' it must have 1`,
    );
  }
  return { params: { step_loss_grad: perRow ? 1 : 0 }, small };
}
