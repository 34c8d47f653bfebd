/**
 * Cross-entropy and its gradient, with PyTorch's meaning. Per row, with t′ and the factors f, f_z
 * as `targets.ts` makes them and lse the row's log-sum-exp:
 *
 *     loss = f · Σ t′_k (lse − s·x′_k) + f_z · zLoss · lse²
 *     grad = s · f · (p · Σ t′ − t′)   + f_z · 2 · zLoss · s · lse · p
 */
import {
  distanceCost,
  expGrowth,
  flushable,
  HIGH,
  logError,
  logTerm,
  probabilityError,
  probabilityTerm,
  put,
  SUM,
  saturate,
  type Term,
  U,
  ulp,
} from './bounds';
import { logSumExpError, setLogSumExp } from './log-sum-exp';
import {
  checkCount,
  checkShape,
  emptyReference,
  fillRow,
  firstElement,
  formatShape,
  type HostTensor,
  type Reference,
  type Rows,
  refuse,
} from './rows';
import { type EmptyRowsOption, type LogitsOptions, SoftmaxRow } from './softmax-row';
import { type TargetOptions, TargetRow } from './targets';

export interface CrossEntropyOptions extends LogitsOptions, EmptyRowsOption, TargetOptions {}

export interface CrossEntropyGradOptions extends CrossEntropyOptions {
  /**
   * The gradient with respect to the loss: a number, or a tensor: of the loss's shape for reduction
   * 'none', of one element otherwise. Default 1.
   */
  lossGrad?: number | HostTensor;
}

/** Loss and log-sum-exp. */
export interface CrossEntropyReference {
  /** Of the logits' shape without the axis for reduction 'none', otherwise of shape []. */
  loss: Reference;
  /** Of the logits' shape without the axis. */
  logSumExp: Reference;
}

/** Error of log1p(Σ others), in U: exp 3, sum 3, the rescaled partial sums 2, the logarithm 4. */
const LOG1P = 12;

/**
 * Cross-entropy of logits and targets.
 * A row with a NaN or +∞ has a NaN loss; a row of −∞ alone NaN, or 0 with `emptyRows: 'zero'`; a
 * row that gives weight to a −∞ logit +∞; an ignored row 0; a row whose class index is out of range
 * NaN. Finite losses saturate.
 * @param targets class indices (Int32Array or Uint32Array) of the logits' shape without the axis,
 *   or probabilities of the logits' shape
 * @throws RangeError for a shape, axis or option that does not fit
 */
export function crossEntropy(
  logits: HostTensor,
  targets: HostTensor,
  options: CrossEntropyOptions = {},
): CrossEntropyReference {
  const row = new SoftmaxRow('crossEntropy', 'logits', logits, options);
  const target = new TargetRow('crossEntropy', targets, row.rows, options);
  return losses(row, target, options);
}

/**
 * The gradient of `crossEntropy` with respect to the logits, times `lossGrad`.
 * A row with a NaN or +∞ is NaN; a row of −∞ alone NaN, or 0 with `emptyRows: 'zero'`; ignored rows
 * and rows whose class index is out of range are 0.
 * @returns the logits' shape
 * @throws RangeError for a shape, axis or option that does not fit
 */
export function crossEntropyGrad(
  logits: HostTensor,
  targets: HostTensor,
  options: CrossEntropyGradOptions = {},
): Reference {
  const row = new SoftmaxRow('crossEntropyGrad', 'logits', logits, options);
  const target = new TargetRow('crossEntropyGrad', targets, row.rows, options);
  return gradient('crossEntropyGrad', row, target, options);
}

/** `crossEntropy` and `crossEntropyGrad` of the same arguments; `lossGrad` concerns `grad` alone. */
export function crossEntropyWithGrad(
  logits: HostTensor,
  targets: HostTensor,
  options: CrossEntropyGradOptions = {},
): CrossEntropyReference & { grad: Reference } {
  const row = new SoftmaxRow('crossEntropyWithGrad', 'logits', logits, options);
  const target = new TargetRow('crossEntropyWithGrad', targets, row.rows, options);
  const grad = gradient('crossEntropyWithGrad', row, target, options);
  return { ...losses(row, target, options), grad };
}

/** What a row gives when it has no finite logits to compute with; undefined when it has. */
function specialRow(row: SoftmaxRow, target: TargetRow, emptyRows: unknown): number | undefined {
  if (target.kind === 'poisoned' || row.kind === 'nan' || row.kind === 'infinite') {
    return NaN;
  }
  if (row.kind === 'empty') {
    // A sum over no classes is 0.
    return emptyRows === 'zero' || row.rows.length === 0 ? 0 : NaN;
  }
  return undefined;
}

/** Loss and log-sum-exp of the rows. */
export function losses(
  row: SoftmaxRow,
  target: TargetRow,
  options: CrossEntropyOptions,
): CrossEntropyReference {
  const { rows } = row;
  const logSumExp = emptyReference(rows.rowShape);
  const perRow = emptyReference(rows.rowShape);
  const reduce = target.reduction !== 'none';
  let total = 0;
  let size = 0; // Σ |f · loss| over the rows
  let error = 0;
  for (let r = 0; r < rows.count; r++) {
    row.load(r);
    target.load(r, firstElement(rows, r));
    setLogSumExp(logSumExp, r, row);

    if (target.kind === 'ignored') {
      continue;
    }
    const special = target.kind === 'outside' ? NaN : specialRow(row, target, options.emptyRows);
    if (special !== undefined) {
      perRow.data[r] = special;
      total += special;
      continue;
    }
    const targetLoss = targetPart(row, target);
    const zLoss = target.zLoss * row.logSumExp ** 2;
    const part = targetPartError(row, target, targetLoss);
    const targetLossError = part.own + part.sums + part.moved;
    const zLossError = zPartError(row, target);
    const value = saturate(targetLoss + zLoss);
    const { term, own, sums, moved } = part;
    put(perRow, r, value, term, own, 'sum', sums, 'mask', moved, 'z-loss', zLossError);
    if (reduce) {
      const share = saturate(target.factor * targetLoss) + target.zFactor * zLoss;
      total += share;
      size += Math.abs(share);
      error += Math.abs(target.factor) * targetLossError + target.zFactor * zLossError;
    }
  }
  if (!reduce) {
    return { loss: perRow, logSumExp };
  }
  const loss = emptyReference([]);
  const nothing = Number.isNaN(target.factor); // a mean of no rows
  const reduced = nothing ? NaN : saturate(total);
  put(loss, 0, reduced, 'rows', error, 'sum', (SUM + target.factorError) * U * size);
  return { loss, logSumExp };
}

/** Σ t′_k (lse − s·x′_k) of a finite row: +∞ where a target is at a −∞ logit. */
function targetPart(row: SoftmaxRow, target: TargetRow): number {
  const { t, log } = row;
  if (target.oneHot) {
    return weighted(target.sum, log - t[target.index]!);
  }
  let loss = 0;
  for (let k = 0; k < t.length; k++) {
    loss += weighted(target.values[k]!, log - t[k]!);
  }
  return loss;
}

/** `weight · −log p`: 0 where the weight is, +∞ where p = 0 has any. */
function weighted(weight: number, negativeLog: number): number {
  if (weight === 0) {
    return 0;
  }
  return negativeLog === Infinity ? Infinity : weight * negativeLog;
}

/** The error of a row's loss: the logarithm's own, that of a distribution's sums, and a mask's. */
interface LossError {
  readonly term: Term;
  readonly own: number;
  readonly sums: number;
  readonly moved: number;
}

/**
 * A class at the row's maximum: relative, since the loss is log1p(Σ of the others). Otherwise the
 * promise for logarithms, on the largest part that the targets' sum carries.
 */
function targetPartError(row: SoftmaxRow, target: TargetRow, loss: number): LossError {
  const { t, e, maskError, log, sum, scale, max } = row;
  if (target.oneHot && t[target.index] === 0 && !isNearTie(row, target.index)) {
    let others = 0;
    let distance = 0;
    let flushed = 0;
    let moved = 0;
    for (let k = 0; k < t.length; k++) {
      if (k === target.index || e[k] === 0) {
        continue;
      }
      others += e[k]!;
      distance -= e[k]! * t[k]!;
      flushed += flushable(e[k]!);
      const move = maskError[k]! + maskError[target.index]!;
      moved += move > 0 ? expGrowth(e[k]!, t[k]!, move) : 0;
    }
    const mean = others > 0 ? distance / others : 0;
    const own = (LOG1P + distanceCost(scale) * mean) * U * Math.abs(loss);
    const relative = (row.high ? HIGH * ulp(loss) : own) + target.size * flushed;
    const term = row.high ? 'high' : 'log1p';
    return { term, own: relative, sums: 0, moved: target.size * Math.log1p(moved / sum) };
  }
  if (row.high && target.oneHot) {
    const moved = row.maskErrorOfLog + maskError[target.index]!;
    return { term: 'high', own: HIGH * ulp(loss), sums: 0, moved: target.size * moved };
  }
  let size = 0;
  let moved = target.size * row.maskErrorOfLog;
  for (let k = 0; k < t.length; k++) {
    const weight = Math.abs(target.values[k]!);
    size += weighted(weight, log - t[k]!);
    moved += weight * maskError[k]!;
  }
  const largest = Math.max(target.size * Math.abs(scale * max), target.size * log, size);
  // A distribution's two sums are made like any other.
  const sums = target.oneHot ? 0 : SUM * U * size;
  return { term: logTerm(largest), own: logError(largest) * Math.max(1, target.size), sums, moved };
}

/** Whether rounding may leave another class than this one, the row's maximum, as its maximum. */
function isNearTie({ t, maskError }: SoftmaxRow, top: number): boolean {
  return t.some((tk, k) => k !== top && tk < 0 && tk + maskError[k]! + maskError[top]! > 0);
}

/** Error of zLoss · lse²: twice lse's, and two products. */
function zPartError(row: SoftmaxRow, target: TargetRow): number {
  if (target.zLoss === 0) {
    return 0;
  }
  const lse = Math.abs(row.logSumExp);
  const lseError = logSumExpError(row);
  return target.zLoss * ((2 * lse + lseError) * lseError + 2 * U * lse ** 2);
}

/** The gradient of the rows. */
export function gradient(
  op: string,
  row: SoftmaxRow,
  target: TargetRow,
  options: CrossEntropyGradOptions,
): Reference {
  const { rows, scale, t, e } = row;
  const { factorError } = target;
  const upstream = lossGradients(op, rows, target, options.lossGrad ?? 1);
  const grad = emptyReference(rows.shape);
  for (let r = 0; r < rows.count; r++) {
    const first = firstElement(rows, r);
    row.load(r);
    target.load(r, first);
    if (target.kind === 'ignored' || target.kind === 'outside') {
      continue;
    }
    const g = upstream[upstream.length === 1 ? 0 : r]!;
    const f = target.factor * g;
    const special = specialRow(row, target, options.emptyRows);
    if (special !== undefined || !Number.isFinite(f)) {
      fillRow(grad, rows, r, Number.isFinite(f) ? special! : NaN);
      continue;
    }
    const onTarget = scale * f;
    const onZ = 2 * target.zLoss * target.zFactor * g * scale;
    const lseError = logSumExpError(row);
    for (let k = 0, i = first; k < rows.length; k++, i += rows.inner) {
      const p = e[k]! / row.sum;
      const move = row.maskError[k]! + row.maskErrorOfLog;
      const ownError = probabilityError(p, t[k]!, scale, row.meanDistance, 0, row.high);
      const moved = move > 0 ? expGrowth(p, t[k]!, move) : 0;
      const pError = ownError + moved;
      const pFlush = flushable(p);

      let difference: number; // p · Σ t′ − t′
      let term: Term;
      let error: number; // of the probabilities
      let sums = 0;
      let rounding: number;
      if (target.oneHot && k === target.index) {
        difference = -target.sum * othersOf(row, k);
        term = 'others';
        error = target.size * othersError(row, k);
        rounding = (factorError + 2) * U * Math.abs(difference);
      } else {
        const tk = target.values[k]!;
        const parts = p * target.size + Math.abs(tk);
        difference = p * target.sum - tk;
        term =
          moved > ownError ? 'mask' : probabilityTerm(t[k]!, scale, row.meanDistance, row.high);
        error = Math.abs(target.sum) * (pError + pFlush);
        sums = SUM * U * p * target.size;
        // t′ takes three roundings at most, the rest is two products, a difference and f.
        rounding = (factorError + 3) * U * parts;
      }
      const z = onZ * row.logSumExp * p;
      const zError =
        Math.abs(onZ) * (Math.abs(row.logSumExp) * (pError + pFlush) + (p + pError) * lseError) +
        (factorError + 3) * U * Math.abs(z);
      const value = saturate(onTarget * difference + z);
      const size = Math.abs(onTarget);
      put(
        grad,
        i,
        value,
        term,
        size * error,
        'sum',
        size * sums,
        'rounding',
        size * rounding,
        'z-loss',
        zError,
      );
    }
  }
  return grad;
}

/** Σ p over all classes but k: 1 − p_k without its cancellation. */
function othersOf(row: SoftmaxRow, k: number): number {
  let others = 0;
  for (let j = 0; j < row.e.length; j++) {
    others += j === k ? 0 : row.e[j]!;
  }
  return others / row.sum;
}

/** Error of `othersOf`: that of each probability, and of their sum. */
function othersError(row: SoftmaxRow, k: number): number {
  const { e, t, sum, scale, meanDistance, maskError, maskErrorOfLog, high } = row;
  let error = 0;
  for (let j = 0; j < e.length; j++) {
    if (j !== k) {
      const p = e[j]! / sum;
      const move = maskError[j]! + maskErrorOfLog;
      error += probabilityError(p, t[j]!, scale, meanDistance, move, high) + flushable(p);
      error += high ? 0 : p * SUM * U;
    }
  }
  return error;
}

/** lossGrad as a list of one value, or of one per row. */
function lossGradients(
  op: string,
  rows: Rows,
  target: TargetRow,
  lossGrad: number | HostTensor,
): HostTensor['data'] {
  if (typeof lossGrad === 'number') {
    return [Math.fround(lossGrad)];
  }
  if (target.reduction === 'none') {
    checkShape(op, 'lossGrad', lossGrad, rows.rowShape);
  } else {
    checkCount(op, 'lossGrad', lossGrad);
    if (lossGrad.data.length !== 1) {
      const may = `1 element with reduction '${target.reduction}'`;
      refuse(op, 'lossGrad', may, `shape ${formatShape(lossGrad.shape)}`);
    }
  }
  return lossGrad.data;
}
