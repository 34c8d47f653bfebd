/** Cross-entropy's arguments and kernels, as the operations on logits and those of a linear layer share them. */

import value from '../../shaders/loaders/value.wgsl';
import keptWeight from '../../shaders/loss/kept-weight.wgsl';
import lossTotal from '../../shaders/loss/total.wgsl';
import ownSource from '../../shaders/ops/cross-entropy.wgsl';
import fourSums from '../../shaders/reductions/four-sums.wgsl';
import log from '../../shaders/shared/log.wgsl';
import classIndex from '../../shaders/targets/class-index.wgsl';
import distribution from '../../shaders/targets/distribution.wgsl';
import lossOptions from '../../shaders/targets/options.wgsl';
import probabilityTargets from '../../shaders/targets/probabilities.wgsl';
import smoothedIndex from '../../shaders/targets/smoothed-index.wgsl';
import type { Call, Input } from '../engine/call';
import type { Engine } from '../engine/engine';
import type { HostNumbers } from '../engine/host-data';
import type { GpuTensor } from '../engine/tensor';
import type { Region } from '../gpu/region';
import type { OwnParams, Params } from '../rows/params';
import type { MaskTask, RowTask } from '../rows/plan';
import type { HighPrecision } from '../rows/precision';
import type { RowOp } from '../rows/row-op';
import { wrongValue } from '../util/words';
import type { Rows } from './common';
import { type Mask, maskInputs, parseMask, placedMask } from './mask';
import { bitsOf, emptyFill, precisionOf, scaleParams } from './scale';
import { checkFits, inputsOf, parseNumbers, type Small } from './small';
import {
  type CrossEntropyOptions,
  lossParams,
  type ParsedTargets,
  parseTargets,
  type Targets,
} from './targets';

const uniforms = { target_share: 'f32', class_share: 'f32', z_loss: 'f32' } as const;

/** The kernels' own parts, by what the targets are. */
export const crossEntropyOps: Readonly<Record<Loss['kind'], RowOp>> = {
  index: {
    name: 'cross-entropy',
    hasMax: true,
    precise: true,
    sumCount: 3,
    padding: 'NEG_INF',
    mapsToExp: true,
    sources: [ownSource, classIndex, lossOptions, log],
    values: value,
    uniforms,
  },
  smoothed: {
    name: 'cross-entropy-smoothed',
    hasMax: true,
    precise: true,
    sumCount: 4,
    padding: 'NEG_INF',
    mapsToExp: true,
    sources: [ownSource, distribution, smoothedIndex, fourSums, lossOptions, log],
    values: value,
    uniforms,
  },
  probabilities: {
    name: 'cross-entropy-probabilities',
    hasMax: true,
    precise: true,
    sumCount: 4,
    padding: 'NEG_INF',
    mapsToExp: true,
    sources: [ownSource, distribution, probabilityTargets, fourSums, lossOptions, log],
    values: value,
    uniforms,
  },
};

/** Of the sum of the rows' losses. */
export const lossTotalOp: RowOp = {
  name: 'loss-total',
  hasMax: false,
  sumCount: 4,
  padding: '0u',
  acrossRows: true,
  sources: [lossTotal, fourSums, lossOptions],
  values: value,
  uniforms,
};

/** Of what 'mean' divides by. */
export const keptWeightOp: RowOp = {
  name: 'kept-weight',
  hasMax: false,
  sumCount: 4,
  padding: '0u',
  acrossRows: true,
  gives: 'norm',
  sources: [keptWeight, fourSums, lossOptions],
  values: value,
  uniforms,
};

/** Options of the gradient. */
export interface CrossEntropyGradOptions extends CrossEntropyOptions {
  /**
   * The gradient with respect to the loss: a number, or an f32 tensor of the loss's shape, or as many
   * numbers as there are losses. Default 1.
   */
  lossGrad?: number | GpuTensor | HostNumbers;
}

/** Targets and options of a loss, checked. */
export interface Loss extends ParsedTargets {
  /** What the targets are: class indices, those with smoothing, or probabilities. */
  readonly kind: 'index' | 'smoothed' | 'probabilities';
  readonly reduction: 'mean' | 'sum' | 'none';
  readonly weights: Small | undefined;
  readonly mask: Mask | undefined;
  readonly high: HighPrecision | undefined;
  /** The upstream gradient, unless it is a number. */
  readonly lossGrad: Small | undefined;
  readonly params: Params;
  /** The loss's own uniforms. */
  readonly own: OwnParams;
  /** All of its tensors but the logits. */
  readonly inputs: readonly Input[];
}

/**
 * Checks targets and options of a loss.
 *
 * @param logits their shape; they need not exist.
 * @throws RangeError or TypeError for what does not fit.
 */
export function parseLoss(
  engine: Engine,
  op: string,
  logits: { readonly shape: readonly number[] },
  targets: Targets,
  rows: Rows,
  options: Omit<CrossEntropyGradOptions, 'out'>,
  wantsGrad: boolean,
): Loss {
  const { mask, params: maskParams } = parseMask(engine, op, options, logits.shape, rows);
  const scale = scaleParams(op, options);
  const fill = emptyFill(op, options);
  // A sum over no classes.
  if (rows.length === 0) fill.empty_fill = 0;
  const high = precisionOf(op, options);
  const { reduction = 'mean', ignoreIndex = -100 } = options;
  const own = lossParams(op, rows, options);
  const weights =
    options.classWeights === undefined
      ? undefined
      : parseNumbers(engine, op, 'classWeights', options.classWeights);
  if (weights) checkFits(op, 'classWeights', weights, [rows.length], 'one weight a class');
  const given = parseTargets(engine, op, logits, targets, rows, ignoreIndex);
  // A u32 target is never negative.
  const has_ignore = Number(ignoreIndex >= 0 || given.indices?.dtype !== 'u32');
  const { lossGrad } = wantsGrad ? options : {};
  const upstream = upstreamOf(engine, op, lossGrad, rows.rowShape, reduction);
  return {
    ...given,
    kind: given.probabilities ? 'probabilities' : own.class_share > 0 ? 'smoothed' : 'index',
    reduction,
    weights,
    mask,
    high,
    lossGrad: upstream.small,
    params: { ...maskParams, ...scale, ...fill, ...upstream.params },
    own: { ...own, has_ignore, ...upstream.own },
    inputs: [
      ...inputsOf('targets', given.indices),
      ...inputsOf('targets', given.probabilities, true),
      ...inputsOf('classWeights', weights),
      ...maskInputs(mask),
      ...inputsOf('lossGrad', upstream.small),
    ],
  };
}

/** A loss whose arguments are on the GPU: what its tasks have in common. */
export interface LossTask {
  readonly op: RowOp;
  readonly reduction: Loss['reduction'];
  readonly indices: Region | undefined;
  readonly probabilities: Region | undefined;
  readonly weights: Region | undefined;
  readonly mask: MaskTask | undefined;
  readonly high: HighPrecision | undefined;
  readonly lossGrad: Region | undefined;
  readonly params: Params;
  readonly own: OwnParams;
}

/** Places a loss's arguments; those on the host are uploaded with the call. */
export function placeLoss(call: Call, loss: Loss): LossTask {
  const { kind, reduction, mask, high, params, own } = loss;
  call.requires = high?.selfTest;
  const at = (small: Small | undefined) => small && call.placed(small);
  return {
    op: crossEntropyOps[kind],
    reduction,
    indices: at(loss.indices),
    probabilities: at(loss.probabilities),
    weights: at(loss.weights),
    mask: placedMask(call, mask),
    high,
    lossGrad: at(loss.lossGrad),
    params,
    own,
  };
}

/** Adds up the rows' losses. */
export const totalTask = (
  { params, own }: LossTask,
  rowLoss: Region,
  total: Region,
  norm: Region | undefined,
): RowTask => ({
  op: lossTotalOp,
  shape: { outer: 1, length: rowLoss.count, inner: 1 },
  data: { x: rowLoss },
  values: { total, ...(norm && { norm }) },
  params,
  own,
});

/** Where 1/Σ w[target] and 1/count over the rows kept go, if only the GPU can work them out. */
export const normOf = (call: Call, loss: LossTask, count: number): Region | undefined =>
  loss.reduction === 'mean' && loss.indices && count > 0 ? call.scratch(2) : undefined;

/** Works them out. */
export const normTask = (
  { weights, params, own }: LossTask,
  indices: Region,
  count: number,
  norm: Region,
): RowTask => ({
  op: keptWeightOp,
  shape: { outer: 1, length: count, inner: 1 },
  data: { x: indices },
  values: { norm },
  weights,
  params,
  own,
});

function upstreamOf(
  engine: Engine,
  op: string,
  lossGrad: CrossEntropyGradOptions['lossGrad'] = 1,
  rowShape: readonly number[],
  reduction: Loss['reduction'],
): { params?: Params; own?: OwnParams; small?: Small } {
  if (typeof lossGrad === 'number') return { own: { loss_grad: bitsOf(lossGrad) } };
  const small = parseNumbers(engine, op, 'lossGrad', lossGrad, ', a number or an array of them');
  const perRow = reduction === 'none';
  if (perRow) checkFits(op, 'lossGrad', small, rowShape, 'one for each loss');
  else if (small.count !== 1) {
    const may = `1 element with reduction '${reduction}'`;
    wrongValue(op, 'lossGrad', may, small.count);
  }
  return { params: { stride_loss_grad: perRow ? 1 : 0 }, small };
}
