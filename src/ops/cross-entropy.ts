import { Call, type RecordTarget } from '../engine/call';
import { checkFirst } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import { planRows } from '../rows/plan';
import type { RegimeName } from '../rows/regimes';
import { type Rows, resultDTypes, rowsOf, targetOf } from './common';
import {
  type CrossEntropyGradOptions,
  type Loss,
  normOf,
  normTask,
  parseLoss,
  placeLoss,
  totalTask,
} from './loss';
import { addOutput, outsOf } from './output';
import type { CrossEntropyOptions, Targets } from './targets';

/** Options of the loss. */
export interface CrossEntropyLossOptions extends Omit<CrossEntropyOptions, 'out'> {
  /** Write here. */
  out?: { loss?: GpuTensor; logSumExp?: GpuTensor };
}

/** Options of loss and gradient together. */
export interface CrossEntropyWithGradOptions extends Omit<CrossEntropyGradOptions, 'out'> {
  /** Write here; `grad` may be the logits themselves. */
  out?: { loss?: GpuTensor; grad?: GpuTensor };
}

/**
 * Cross-entropy with PyTorch's meaning: `loss = f·Σ t′ (lse − s·x) + f_z·zLoss·lse²`, with
 * `t′ = w·((1 − ε)·y + ε/K)`. Targets are class indices of the logits' shape without the axis, or
 * probabilities of the logits' shape; on the host an array or a typed array of integers (of bigints
 * too) holds class indices, one a row, and one of floats probabilities. The loss has shape [] ('mean', 'sum') or one element a row
 * ('none'); log-sum-exp always one a row. An index out of range on the GPU gives a NaN loss.
 *
 * ```ts
 * const logits = engine.tensor([1, 2, 3, 0, 0, 0], [2, 3]);
 * const { loss } = crossEntropy(logits, [2, 0], { reduction: 'none' });
 * console.log(await loss.read()); // 0.4076, 1.0986
 * ```
 *
 * @throws RangeError for targets or an option that do not fit the logits, for a class index out of
 * range in host targets, and for any where the logits have rows and no classes; TypeError for what is
 * neither a tensor nor such an array.
 */
export function crossEntropy(
  logits: GpuTensor,
  targets: Targets,
  options: CrossEntropyLossOptions = {},
): { loss: GpuTensor<'f32'>; logSumExp: GpuTensor<'f32'> } {
  const op = 'crossEntropy';
  const given = parse(op, logits, targets, options, false);
  const out = outsOf(op, options.out, ['loss', 'logSumExp']);
  const { loss, logSumExp } = logits.engine.execute(plan(given, ['loss', 'logSumExp'], out));
  return { loss: loss!, logSumExp: logSumExp! };
}

/**
 * The gradient of `crossEntropy` with respect to the logits, times `lossGrad`:
 * `s·f·(p·Σ t′ − t′) + f_z·2·zLoss·s·lse·p`, which is `p − y` in the plain case; the shape of the
 * logits. An index out of range on the GPU gives a zero gradient.
 *
 * ```ts
 * const logits = engine.tensor([1, 2, 3], [1, 3]);
 * console.log(await crossEntropyGrad(logits, [2]).read()); // 0.0900, 0.2447, -0.3348
 * ```
 *
 * @throws RangeError as `crossEntropy` does.
 */
export function crossEntropyGrad(
  logits: GpuTensor,
  targets: Targets,
  options: CrossEntropyGradOptions = {},
): GpuTensor<FloatDType> {
  const given = parse('crossEntropyGrad', logits, targets, options, true);
  const out = options.out === undefined ? {} : { grad: options.out };
  return logits.engine.execute(plan(given, ['grad'], out)).grad!;
}

/**
 * `crossEntropy`'s loss and `crossEntropyGrad`'s gradient from one call, which reads the logits once
 * where a row fits. The gradient may take the logits' place.
 *
 * ```ts
 * const logits = engine.tensor([1, 2, 3], [1, 3]);
 * const { loss, grad } = crossEntropyWithGrad(logits, [2], { out: { grad: logits } });
 * console.log(await loss.read()); // 0.4076
 * console.log(await grad.read()); // 0.0900, 0.2447, -0.3348
 * ```
 *
 * @throws RangeError as `crossEntropy` does.
 */
export function crossEntropyWithGrad(
  logits: GpuTensor,
  targets: Targets,
  options: CrossEntropyWithGradOptions = {},
): { loss: GpuTensor<'f32'>; grad: GpuTensor<FloatDType> } {
  const op = 'crossEntropyWithGrad';
  const given = parse(op, logits, targets, options, true);
  const out = outsOf(op, options.out, ['loss', 'grad']);
  const { loss, grad } = logits.engine.execute(plan(given, ['loss', 'grad'], out));
  return { loss: loss!, grad: grad! };
}

type ResultName = 'loss' | 'logSumExp' | 'grad';
type Outs = { [Name in ResultName]?: GpuTensor };

interface Results {
  readonly loss: GpuTensor<'f32'> | undefined;
  readonly logSumExp: GpuTensor<'f32'> | undefined;
  readonly grad: GpuTensor<FloatDType> | undefined;
}

/** What the three operations check alike. */
interface Given {
  readonly op: string;
  readonly target: RecordTarget;
  readonly logits: GpuTensor<FloatDType>;
  readonly rows: Rows;
  readonly loss: Loss;
  readonly regime: RegimeName | undefined;
}

function parse(
  op: string,
  logits: GpuTensor,
  targets: Targets,
  options: Omit<CrossEntropyGradOptions, 'out'>,
  wantsGrad: boolean,
): Given {
  const target = targetOf(op, options);
  checkFirst(op, 'logits', logits, floatDTypes);
  const rows = rowsOf(op, logits, options);
  const loss = parseLoss(logits.engine, op, logits, targets, rows, options, wantsGrad);
  return { op, target, logits, rows, loss, regime: options.regime };
}

/** A call that gives what is wanted, from one reading of the logits. */
function plan(
  { op, target, logits, rows, loss: given, regime }: Given,
  wants: readonly ResultName[],
  outs: Outs,
): Call<Results> {
  const inputs = [{ name: 'logits', region: logits, rowData: true }, ...given.inputs];
  const call = new Call<Results>(op, logits.engine, target, inputs);
  const output = <D extends FloatDType>(
    name: ResultName,
    shape: readonly number[],
    dtypes: readonly [D, ...D[]],
  ) => {
    if (!wants.includes(name)) return undefined;
    const argument = wants.length > 1 ? `out ${name}` : 'out';
    return addOutput(call, argument, outs[name], shape, dtypes, name === 'grad');
  };
  const { count, rowShape } = rows;
  const perRow = given.reduction === 'none';
  const grad = output('grad', logits.shape, resultDTypes(logits.dtype));
  const loss = output('loss', perRow ? rowShape : [], ['f32']);
  const lse = output('logSumExp', rowShape, ['f32']);
  const task = placeLoss(call, given);
  const { indices, probabilities, lossGrad } = task;
  const norm = normOf(call, task, count);
  if (norm) call.add(planRows, normTask(task, indices!, count, norm));
  const rowLoss = loss && (perRow ? loss.region : call.scratch(count));
  call.add(planRows, {
    op: task.op,
    high: task.high,
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
    own: task.own,
    regime,
  });
  if (loss && rowLoss && !perRow) {
    call.add(planRows, totalTask(task, rowLoss, loss.region, norm));
  }
  return call.giving({ loss: loss?.tensor, logSumExp: lse?.tensor, grad: grad?.tensor });
}
