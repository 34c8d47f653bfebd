import type { Engine } from '../engine/engine';
import type { Recording } from '../engine/recorder';
import type { GpuTensor } from '../engine/tensor';
import { partOf, type Region } from '../gpu/region';
import { planPick } from '../map/training';
import { type ProductForm, type ProductTask, planProduct, productForms } from '../product/plan';
import { ALIGNMENT, PARTIAL_ELEMENTS, type RowTask, type Segment } from '../rows/plan';
import { FORCED_CHUNK } from '../rows/tiers';
import { blocksOf } from '../util/blocks';
import {
  checkChoice,
  checkCommon,
  checkFirst,
  checkShape,
  checkTensor,
  describe,
  formatShape,
  type Rows,
} from './arguments';
import {
  type CrossEntropyGradOptions,
  checkLoss,
  type LossTask,
  normOf,
  outsOf,
  recordTotal,
} from './cross-entropy';
import { type Input, type Output, outputOf } from './output';
import {
  arrayKind,
  checkFits,
  type HostIntegers,
  type HostNumbers,
  hostElements,
  inputsOf,
  integersOf,
  isBelow,
  numbersOf,
  placed,
  type Small,
} from './small';
import { isProbabilities, type Targets } from './targets';

/** What `linearCrossEntropy` gives beside the loss. */
export type LinearResult = 'logSumExp' | 'dX' | 'dWeight' | 'dBias';

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
/** Of the smallest budget: a chunk of a split row. */
const LEAST_SCRATCH = 4 * FORCED_CHUNK;
/** The bits of a class index that is no class. */
const NO_CLASS = 2 ** 31;

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
  const target = checkCommon(op, options);
  const { scratchBytes = 2 ** 25, product } = options;
  const wants: readonly LinearResult[] =
    options.wants === undefined ? ['dX', 'dWeight', 'dBias'] : options.wants;
  if (!Array.isArray(wants)) {
    throw new TypeError(`${op}: wants is ${describe(wants)}; it must be an array of names`);
  }
  for (const name of wants) checkChoice(op, 'wants', name, linearResults);
  if (product !== undefined) checkChoice(op, 'product', product, productForms);
  if (!Number.isSafeInteger(scratchBytes) || scratchBytes < LEAST_SCRATCH) {
    throw new RangeError(
      `${op}: scratchBytes is ${describe(scratchBytes)}; it may be an integer >= ${LEAST_SCRATCH}`,
    );
  }
  checkFirst(op, 'x', x, ['f32']);
  const { engine } = x;
  checkMatrix(engine, op, 'x', x);
  checkMatrix(engine, op, 'weight', weight);
  const [classes, depth] = weight.shape as [number, number];
  checkShape(op, 'x', x.shape, [x.shape[0]!, depth], "one column for each of weight's");
  const bias = options.bias === undefined ? undefined : numbersOf(engine, op, 'bias', options.bias);
  if (bias) checkFits(op, 'bias', bias, [classes], 'one value a class');
  const batch =
    options.rows === undefined ? undefined : rowsToTake(engine, op, options.rows, x.shape[0]!);
  if (batch && isProbabilities(targets)) {
    throw new TypeError(
      `${op}: targets is ${describe(targets)} of probabilities; with rows it must be of class indices`,
    );
  }
  const count = batch ? batch.count : x.shape[0]!;
  const logits = { shape: [count, classes] };
  // With `rows`, targets are there for every row of x.
  const rowShape = [batch ? x.shape[0]! : count];
  const rows: Rows = { outer: count, length: classes, inner: 1, axis: 1, rowShape, count };
  const wantsGrad = wants.some((name) => name !== 'logSumExp');
  const checked = checkLoss(engine, op, logits, targets, rows, options, wantsGrad);
  const inputs: Input[] = [...checked.inputs];
  for (const [name, small] of Object.entries({ x, weight, bias, rows: batch })) {
    inputs.push(...inputsOf(name, small));
  }
  const outs = outsOf(op, options.out, ['loss', ...wants]);

  return engine.record(op, target, inputs, (recorder) => {
    const taken = [...inputs];
    const output = (name: 'loss' | LinearResult, shape: readonly number[]) => {
      if (name !== 'loss' && !wants.includes(name)) return undefined;
      const arg = `out ${name}`;
      const out = outputOf(engine, op, arg, outs[name], shape, ['f32'], taken, false, recorder);
      taken.push({ name: arg, region: out.tensor, rowData: false });
      return out;
    };
    const perRow = checked.reduction === 'none';
    const results: Results = {
      loss: output('loss', perRow ? [count] : [])!,
      logSumExp: output('logSumExp', [count]),
      dX: output('dX', [count, depth]),
      dWeight: output('dWeight', [classes, depth]),
      dBias: output('dBias', [classes]),
    };
    const layer: Layer = {
      x,
      weight,
      bias: bias && placed(recorder, bias),
      batch: batch && placed(recorder, batch),
      count,
      classes,
      depth,
      scratchBytes,
      product,
    };
    const loss = checked.place(recorder);
    new LinearRecorder(recorder, layer, loss, results, options.regime).record();
    const made = Object.entries(results).filter(([, result]) => result !== undefined);
    for (const [, result] of made) result!.finish(recorder);
    return Object.fromEntries(
      made.map(([name, result]) => [name, result!.tensor]),
    ) as LinearCrossEntropyResults<Wanted>;
  });
}

/** Numbers of rows of x; those that the host can see are checked there. */
function rowsToTake(
  engine: Engine,
  op: string,
  rows: GpuTensor | HostIntegers,
  most: number,
): Small {
  if (arrayKind(rows) !== undefined) {
    return integersOf(op, 'rows', rows, (n) => isBelow(n, most), `it may be 0 … ${most - 1}`);
  }
  checkTensor(engine, op, 'rows', rows, ['i32', 'u32'], ', or an array of integers');
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
    throw new RangeError(
      `${op}: ${name} has shape ${formatShape(tensor.shape)}; it must be a matrix, ` +
        `${name === 'weight' ? '[K, D] with K >= 1 and D >= 1' : '[N, D] with D >= 1'}`,
    );
  }
}

interface Layer {
  readonly x: Region;
  readonly weight: Region;
  readonly bias: Region | undefined;
  readonly batch: Region | undefined;
  readonly count: number;
  readonly classes: number;
  readonly depth: number;
  readonly scratchBytes: number;
  readonly product: ProductForm | undefined;
}

type Results = { readonly [Name in 'loss' | LinearResult]: Output<'f32'> | undefined } & {
  readonly loss: Output<'f32'>;
};

/** Records the kernels of one call: block by block of rows, or row by row in ranges of classes. */
class LinearRecorder {
  private readonly indices: Region | undefined;
  private readonly norm: Region | undefined;
  private readonly rowLoss: Region;
  /** Where the logits of a block are, and then their gradient. */
  private readonly logits: Region;
  /** The rows of x that a block takes, where they are gathered. */
  private readonly gathered: Region | undefined;
  private readonly one: Region | undefined;
  private readonly wantsGrad: boolean;
  /** Rows of a block; 0 where not even one row of logits fits the budget. */
  private readonly blockRows: number;
  /** Classes of a range, where a row does not fit. */
  private readonly rangeClasses: number;

  constructor(
    private readonly recorder: Recording,
    private readonly layer: Layer,
    private readonly loss: LossTask,
    private readonly results: Results,
    private readonly regime: RowTask['regime'],
  ) {
    const { count, classes, depth, batch, scratchBytes } = layer;
    const { dX, dWeight, dBias } = results;
    this.wantsGrad = [dX, dWeight, dBias].some((result) => result !== undefined);
    const usable = recorder.device.maxBinding - ALIGNMENT;
    const width = Math.max(classes, depth);
    this.blockRows = Math.min(
      count,
      Math.floor(scratchBytes / (4 * (batch ? width : classes))),
      Math.floor(usable / (4 * width)),
    );
    const most = Math.floor(Math.min(scratchBytes, usable) / (4 * FORCED_CHUNK)) * FORCED_CHUNK;
    this.rangeClasses = Math.min(classes, most);
    if (count > 0 && this.blockRows === 0 && most === 0) {
      throw new RangeError(
        `linearCrossEntropy: a row of ${classes} logits is taken in ranges of ${4 * FORCED_CHUNK} bytes; ` +
          `this device binds at most ${recorder.device.maxBinding} (maxStorageBufferBindingSize)`,
      );
    }
    const rows = Math.max(1, this.blockRows);
    const columns = this.blockRows > 0 ? classes : this.rangeClasses;
    this.logits = recorder.scratch(rows * columns);
    this.gathered = batch && recorder.scratch(rows * depth);
    this.indices = this.classIndices();
    this.norm = normOf(recorder, loss, this.indices, count);
    const perRow = loss.reduction === 'none';
    this.rowLoss = perRow ? results.loss.region : recorder.scratch(count);
    this.one = dBias && recorder.upload(hostElements('f32', Float32Array.of(1)));
  }

  record(): void {
    const { recorder, loss, rowLoss, norm, results, layer, blockRows } = this;
    const { count } = layer;
    if (count === 0) this.takeGradients(0, 0, 0, layer.classes);
    for (let n = 0; n < count && blockRows > 0; n += blockRows) {
      this.recordBlock(n, Math.min(blockRows, count - n));
    }
    for (let n = 0; n < count && blockRows === 0; n++) this.recordRow(n);
    if (loss.reduction !== 'none') {
      recordTotal(recorder, loss, rowLoss, results.loss.region, norm);
    }
  }

  /** One class index a row of the batch. */
  private classIndices(): Region | undefined {
    const { recorder, layer, loss } = this;
    const { indices } = loss;
    const { batch, count } = layer;
    if (!indices || !batch) return indices;
    const picked = { ...recorder.scratch(count), dtype: 'i32' as const };
    this.pick(indices, 1, batch, picked, NO_CLASS);
    return picked;
  }

  private pick(x: Region, width: number, rows: Region, y: Region, missing: number): void {
    if (y.count === 0) return;
    const rowsOfX = x.count / width;
    this.recorder.plan(planPick, { x, rowsOfX, width, rows, y, missing });
  }

  /** Rows of x from number n of the batch on. */
  private rowsOfX(n: number, count: number): Region {
    const { x, batch, depth } = this.layer;
    if (!batch || !this.gathered) return partOf(x, n * depth, count * depth);
    const gathered = partOf(this.gathered, 0, count * depth);
    this.pick(x, depth, partOf(batch, n, count), gathered, 0);
    return gathered;
  }

  private product(task: Omit<ProductTask, 'form'>): void {
    this.recorder.plan(planProduct, { ...task, form: this.layer.product });
  }

  /** Logits of some rows and a range of classes: x·weightᵀ + bias. */
  private takeLogits(x: Region, rows: number, from: number, to: number): Region {
    const { weight, bias, depth } = this.layer;
    const c = partOf(this.logits, 0, rows * (to - from));
    this.product({
      rows,
      columns: to - from,
      length: depth,
      a: x,
      aRow: depth,
      aStep: 1,
      b: partOf(weight, from * depth, (to - from) * depth),
      bColumn: depth,
      bStep: 1,
      bias: bias && partOf(bias, from, to - from),
      c,
    });
    return c;
  }

  /** Adds what rows from n on give to the gradients, from that of their logits. */
  private takeGradients(n: number, rows: number, from: number, to: number, x?: Region): void {
    const { layer, logits, one } = this;
    const { weight, depth } = layer;
    const { dX, dWeight, dBias } = this.results;
    const columns = to - from;
    const g = partOf(logits, 0, rows * columns);
    if (dX && rows > 0) {
      this.product({
        rows,
        columns: depth,
        length: columns,
        a: g,
        aRow: columns,
        aStep: 1,
        b: partOf(weight, from * depth, columns * depth),
        bColumn: 1,
        bStep: depth,
        c: partOf(dX.region, n * depth, rows * depth),
        accumulate: from > 0,
      });
    }
    const transposed = {
      rows: columns,
      length: rows,
      a: g,
      aRow: 1,
      aStep: columns,
      accumulate: n > 0,
    };
    if (dWeight) {
      const c = partOf(dWeight.region, from * depth, columns * depth);
      const b = x ?? layer.x;
      this.product({ ...transposed, columns: depth, b, bColumn: 1, bStep: depth, c });
    }
    if (dBias && one) {
      const c = partOf(dBias.region, from, columns);
      this.product({ ...transposed, columns: 1, b: one, bColumn: 0, bStep: 0, c });
    }
  }

  private recordBlock(n: number, rows: number): void {
    const { classes } = this.layer;
    const x = this.rowsOfX(n, rows);
    const logits = this.takeLogits(x, rows, 0, classes);
    const { mask } = this.loss;
    this.recorder.rows({
      ...this.rowTask(n, rows, 0, classes, logits, this.wantsGrad),
      ...(mask && { mask: this.maskOf(mask, n * classes, rows * classes) }),
      values: this.values(n, rows, true, this.wantsGrad),
      regime: this.regime,
    });
    if (this.wantsGrad) this.takeGradients(n, rows, 0, classes, x);
  }

  /** A row whose logits do not fit: they are computed to be reduced, and again for the gradient. */
  private recordRow(n: number): void {
    const { recorder, layer, loss, rangeClasses } = this;
    const { classes } = layer;
    const x = this.rowsOfX(n, 1);
    const chunks = Math.ceil(classes / FORCED_CHUNK);
    const partials = recorder.scratch(PARTIAL_ELEMENTS * chunks);
    const stats = recorder.scratch(PARTIAL_ELEMENTS);
    const regime =
      recorder.device.adapter === 'cpu' ? 'split-per-invocation' : 'split-per-workgroup';
    const walk = (phase: Segment['phase']) => {
      const writes = phase === 'split-finish';
      for (const [from, to] of blocksOf(classes, rangeClasses)) {
        const logits = this.takeLogits(x, 1, from, to);
        const { mask } = loss;
        recorder.rows({
          ...this.rowTask(n, 1, from, to, logits, writes),
          ...(mask && { mask: this.maskOf(mask, n * classes + from, to - from) }),
          values: this.values(n, 1, false, writes),
          regime,
          segment: { phase, from, to, partials, stats },
        });
        if (writes) this.takeGradients(n, 1, from, to, x);
      }
    };
    walk('split-partial');
    recorder.rows({
      ...this.rowTask(n, 1, 0, classes, this.logits, false),
      values: this.values(n, 1, true, false),
      regime,
      segment: { phase: 'split-merge', from: 0, to: classes, partials, stats },
    });
    if (this.wantsGrad) walk('split-finish');
  }

  /** The loss over classes `from` to `to` of some rows, whose gradient takes the logits' place. */
  private rowTask(
    n: number,
    rows: number,
    from: number,
    to: number,
    logits: Region,
    writes: boolean,
  ) {
    const { op, params, precision, probabilities, weights } = this.loss;
    const { classes } = this.layer;
    return {
      op,
      precision,
      shape: { outer: rows, length: classes, inner: 1 },
      firstRow: n,
      data: {
        x: logits,
        ...(probabilities && { v: partOf(probabilities, n * classes + from, rows * (to - from)) }),
        ...(writes && { y: logits }),
      },
      weights,
      params,
    } satisfies RowTask;
  }

  /** A mask with an element for each logit is cut as they are. */
  private maskOf(mask: NonNullable<LossTask['mask']>, first: number, count: number) {
    if (mask.layout !== 'row' || !mask.region) return mask;
    return { ...mask, region: partOf(mask.region, first, count) };
  }

  private values(n: number, rows: number, reduces: boolean, writes: boolean) {
    const { indices, norm, loss, rowLoss, results } = this;
    const { lossGrad, params } = loss;
    const of = (region: Region) => partOf(region, n, rows);
    const shared = params.step_loss_grad === 0;
    return {
      ...(indices && { class_index: of(indices) }),
      ...(norm && { norm }),
      ...(writes && lossGrad && { loss_grad: shared ? lossGrad : of(lossGrad) }),
      ...(reduces && { loss: of(rowLoss) }),
      ...(reduces && results.logSumExp && { lse: of(results.logSumExp.region) }),
    };
  }
}
