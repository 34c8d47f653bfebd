import { Call, type Input } from '../engine/call';
import { checkFirst, checkTensor } from '../engine/check-tensor';
import type { Engine } from '../engine/engine';
import type { HostIntegers, HostNumbers } from '../engine/host-data';
import type { GpuTensor } from '../engine/tensor';
import { type ProductForm, productForms } from '../product/forms';
import { checkChoice, checkShape } from '../util/checks';
import { arrayKind } from '../util/kinds';
import { describe, formatShape, wrongKind, wrongValue } from '../util/words';
import { type Rows, targetOf } from './common';
import { type LinearOutputs, type LinearResult, planLinear } from './linear-plan';
import { type CrossEntropyGradOptions, parseLoss, placeLoss } from './loss';
import { addOutput, outsOf } from './output';
import { checkFits, inputsOf, isBelow, parseIntegers, parseNumbers, type Small } from './small';
import { isProbabilities, type Targets } from './targets';

export type { LinearResult };

/** Options of a linear layer's cross-entropy: those of the loss and its gradient, and its own. */
export interface LinearCrossEntropyOptions<Wanted extends LinearResult = LinearResult>
  extends Omit<CrossEntropyGradOptions, 'axis' | 'out'> {
  /** f32 [K], or K numbers; default: zeros. */
  bias?: GpuTensor | HostNumbers | undefined;
  /** What to give beside the loss; default: `['dX', 'dWeight', 'dBias']`. */
  wants?: readonly Wanted[];
  /**
   * The batch: numbers of rows of x and of targets, as a u32 or i32 tensor [N] or integers on the
   * host. Targets are then class indices, one for each row of x. Default: every row, in order.
   */
  rows?: GpuTensor | HostIntegers | undefined;
  /**
   * Bytes of logits to hold at a time, an integer ≥ 16 384; default 32 MiB. Logits are computed once
   * where a row of them fits, and twice where not.
   */
  scratchBytes?: number;
  /** Write here. */
  out?: { [Name in 'loss' | LinearResult]?: GpuTensor };
  /**
   * Use this form of the matrix product whatever the table says; for tests and benchmarks.
   *
   * @internal
   */
  product?: ProductForm;
}

/** The loss, and what else was wanted. */
export type LinearCrossEntropyResults<Wanted extends LinearResult> = {
  [Name in 'loss' | Wanted]: GpuTensor<'f32'>;
};

const linearResults: readonly LinearResult[] = ['logSumExp', 'dX', 'dWeight', 'dBias'];
/** Bytes of the smallest budget: a chunk of a split row. */
const LEAST_SCRATCH = 16_384;

/**
 * `crossEntropyWithGrad` of a linear layer's logits, `x·weightᵀ + bias`, and the gradients with
 * respect to its inputs: with G that of the logits, `dX = G·weight`, `dWeight = Gᵀ·x`, `dBias = Σ G`.
 * Logits are held for some rows at a time only, within `scratchBytes`. f32 tensors; x is [N, D],
 * weight [K, D], targets as in `crossEntropy`. A number of `rows` that is out of range gives that row
 * a NaN loss and no gradient where it is on the GPU, and throws where it is on the host. dBias is that of a bias of zeros where none is given.
 *
 * ```ts
 * const x = engine.tensor([1, 0, 0, 1], [2, 2]);
 * const weight = engine.tensor([1, 0, 0, 1, 0, 0], [3, 2]);
 * const { loss, dWeight } = linearCrossEntropy(x, weight, [0, 1]);
 * console.log(await loss.read()); // 0.5514
 * console.log(await dWeight.read()); // -0.2119, 0.1060, 0.1060, -0.2119, 0.1060, 0.1060
 * ```
 *
 * @throws RangeError for a shape, target or option that does not fit.
 */
export function linearCrossEntropy<Wanted extends LinearResult = 'dX' | 'dWeight' | 'dBias'>(
  x: GpuTensor,
  weight: GpuTensor,
  targets: Targets,
  options: LinearCrossEntropyOptions<Wanted> = {},
): LinearCrossEntropyResults<Wanted> {
  const op = 'linearCrossEntropy';
  const target = targetOf(op, options);
  const { scratchBytes = 2 ** 25, product } = options;
  const wants: readonly LinearResult[] =
    options.wants === undefined ? ['dX', 'dWeight', 'dBias'] : options.wants;
  if (!Array.isArray(wants)) {
    wrongKind(op, 'wants', 'an array of names', describe(wants));
  }
  for (const name of wants) checkChoice(op, 'wants', name, linearResults);
  if (product !== undefined) checkChoice(op, 'product', product, productForms);
  if (!Number.isSafeInteger(scratchBytes) || scratchBytes < LEAST_SCRATCH) {
    const may = `an integer >= ${LEAST_SCRATCH}`;
    wrongValue(op, 'scratchBytes', may, describe(scratchBytes));
  }
  checkFirst(op, 'x', x, ['f32']);
  const { engine } = x;
  checkMatrix(engine, op, 'x', x);
  checkMatrix(engine, op, 'weight', weight);
  const [classes, depth] = weight.shape as [number, number];
  checkShape(op, 'x', x.shape, [x.shape[0]!, depth], "one column for each of weight's");
  const bias =
    options.bias === undefined ? undefined : parseNumbers(engine, op, 'bias', options.bias);
  if (bias) checkFits(op, 'bias', bias, [classes], 'one value a class');
  const batch =
    options.rows === undefined ? undefined : rowsToTake(engine, op, options.rows, x.shape[0]!);
  if (batch && isProbabilities(targets)) {
    const got = `${describe(targets)} of probabilities`;
    wrongKind(op, 'targets', 'class indices with rows', got);
  }
  const count = batch ? batch.count : x.shape[0]!;
  const logits = { shape: [count, classes] };
  // With `rows`, targets are there for every row of x.
  const rowShape = [batch ? x.shape[0]! : count];
  const rows: Rows = { outer: count, length: classes, inner: 1, axis: 1, rowShape, count };
  const wantsGrad = wants.some((name) => name !== 'logSumExp');
  const given = parseLoss(engine, op, logits, targets, rows, options, wantsGrad);
  const inputs: Input[] = [...given.inputs];
  for (const [name, small] of Object.entries({ x, weight, bias, rows: batch })) {
    inputs.push(...inputsOf(name, small));
  }
  const outs = outsOf(op, options.out, ['loss', ...wants]);

  const call = new Call<LinearCrossEntropyResults<Wanted>>(op, engine, target, inputs);
  const output = (name: 'loss' | LinearResult, shape: readonly number[]) =>
    name === 'loss' || wants.includes(name)
      ? addOutput(call, `out ${name}`, outs[name], shape, ['f32'], false)
      : undefined;
  const outputs: LinearOutputs = {
    loss: output('loss', given.reduction === 'none' ? [count] : [])!,
    logSumExp: output('logSumExp', [count]),
    dX: output('dX', [count, depth]),
    dWeight: output('dWeight', [classes, depth]),
    dBias: output('dBias', [classes]),
  };
  const layer = {
    x,
    weight,
    bias: bias && call.placed(bias),
    batch: batch && call.placed(batch),
    count,
    classes,
    depth,
    scratchBytes,
    product,
  };
  planLinear(call, layer, placeLoss(call, given), outputs, options.regime);
  const made = Object.entries(outputs).flatMap(([name, made]) =>
    made ? [[name, made.tensor]] : [],
  );
  return call.engine.execute(call.giving(Object.fromEntries(made)));
}

/** Numbers of rows of x; those that the host can see are checked there. */
function rowsToTake(
  engine: Engine,
  op: string,
  rows: GpuTensor | HostIntegers,
  most: number,
): Small {
  if (arrayKind(rows) !== undefined) {
    return parseIntegers(op, 'rows', rows, (n) => isBelow(n, most), [0, most - 1]);
  }
  checkTensor(engine, op, 'rows', rows, ['i32', 'u32'], ' or an array of integers');
  checkShape(op, 'rows', rows.shape, [rows.count], 'one number for each row of the batch');
  return rows;
}

function checkMatrix(engine: Engine, op: string, name: string, tensor: GpuTensor): void {
  checkTensor(engine, op, name, tensor, ['f32']);
  if (
    tensor.shape.length !== 2 ||
    tensor.shape[1] === 0 ||
    (name === 'weight' && tensor.shape[0] === 0)
  ) {
    const may = `shape ${name === 'weight' ? '[K, D] with K >= 1 and D >= 1' : '[N, D] with D >= 1'}`;
    wrongValue(op, name, may, formatShape(tensor.shape));
  }
}
