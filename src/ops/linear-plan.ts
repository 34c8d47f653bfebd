import type { Call } from '../engine/call';
import { ALIGNMENT, overBinding } from '../gpu/plan';
import { partOf, type Region } from '../gpu/region';
import { planPick } from '../map/pick-rows';
import type { ProductForm } from '../product/forms';
import { type ProductTask, planProduct } from '../product/plan';
import { PARTIAL_ELEMENTS, planRows, planSegment, type RowTask, type Segment } from '../rows/plan';
import { CHUNK } from '../rows/tiers';
import { blocksOf } from '../util/blocks';
import { type LossTask, normOf, normTask, totalTask } from './loss';
import type { Output } from './output';
import { hostElements } from './small';

/** What `linearCrossEntropy` gives beside the loss. */
export type LinearResult = 'logSumExp' | 'dX' | 'dWeight' | 'dBias';

/** The bits of an index outside the classes. */
const NO_CLASS = 0x8000_0000;

/** A linear layer, on the GPU. */
export interface Layer {
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

/** Where its results go: those that are wanted. */
export type LinearOutputs = {
  readonly [Name in 'loss' | LinearResult]: Output<'f32'> | undefined;
} & {
  readonly loss: Output<'f32'>;
};

/** Adds the tasks of a layer's loss: block by block of rows, or row by row in ranges of classes. */
export function planLinear(
  call: Call,
  layer: Layer,
  loss: LossTask,
  outputs: LinearOutputs,
  regime: RowTask['regime'],
): void {
  new LinearPlanner(call, layer, loss, outputs, regime).plan();
}

class LinearPlanner {
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
    private readonly call: Call,
    private readonly layer: Layer,
    private readonly loss: LossTask,
    private readonly results: LinearOutputs,
    private readonly regime: RowTask['regime'],
  ) {
    const { count, classes, depth, batch, scratchBytes } = layer;
    const { dX, dWeight, dBias } = results;
    this.wantsGrad = [dX, dWeight, dBias].some((result) => result !== undefined);
    const { maxBinding } = call.engine.facts;
    const usable = maxBinding - ALIGNMENT;
    const width = Math.max(classes, depth);
    this.blockRows = Math.min(
      count,
      Math.floor(scratchBytes / (4 * (batch ? width : classes))),
      Math.floor(usable / (4 * width)),
    );
    const most = Math.floor(Math.min(scratchBytes, usable) / (4 * CHUNK)) * CHUNK;
    this.rangeClasses = Math.min(classes, most);
    if (count > 0 && this.blockRows === 0 && most === 0) {
      const what = `a range of a row of ${classes} logits`;
      overBinding(call.op, what, 4 * CHUNK, call.engine.facts);
    }
    const rows = Math.max(1, this.blockRows);
    const columns = this.blockRows > 0 ? classes : this.rangeClasses;
    this.logits = call.scratch(rows * columns);
    this.gathered = batch && call.scratch(rows * depth);
    this.indices = this.classIndices();
    this.norm = normOf(call, loss, count);
    if (this.norm) call.add(planRows, normTask(loss, this.indices!, count, this.norm));
    const perRow = loss.reduction === 'none';
    this.rowLoss = perRow ? results.loss.region : call.scratch(count);
    this.one = dBias && call.placed(hostElements('f32', Float32Array.of(1)));
  }

  plan(): void {
    const { call, loss, rowLoss, norm, results, layer, blockRows } = this;
    const { count } = layer;
    if (count === 0) this.takeGradients(0, 0, 0, layer.classes);
    for (let n = 0; n < count && blockRows > 0; n += blockRows) {
      this.planBlock(n, Math.min(blockRows, count - n));
    }
    for (let n = 0; n < count && blockRows === 0; n++) this.planRow(n);
    if (loss.reduction !== 'none') {
      call.add(planRows, totalTask(loss, rowLoss, results.loss.region, norm));
    }
  }

  /** One class index a row of the batch. */
  private classIndices(): Region | undefined {
    const { call, layer, loss } = this;
    const { indices } = loss;
    const { batch, count } = layer;
    if (!indices || !batch) return indices;
    const picked = { ...call.scratch(count), dtype: 'i32' as const };
    this.pick(indices, 1, batch, picked, NO_CLASS);
    return picked;
  }

  private pick(x: Region, width: number, rows: Region, y: Region, missing: number): void {
    if (y.count === 0) return;
    const rowsOfX = x.count / width;
    this.call.add(planPick, { x, rowsOfX, width, rows, y, missing });
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
    this.call.add(planProduct, { ...task, form: this.layer.product });
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

  private planBlock(n: number, rows: number): void {
    const { classes } = this.layer;
    const x = this.rowsOfX(n, rows);
    const logits = this.takeLogits(x, rows, 0, classes);
    const { mask } = this.loss;
    this.call.add(planRows, {
      ...this.rowTask(n, rows, 0, classes, logits, this.wantsGrad),
      ...(mask && { mask: this.maskOf(mask, n * classes, rows * classes) }),
      values: this.values(n, rows, true, this.wantsGrad),
      regime: this.regime,
    });
    if (this.wantsGrad) this.takeGradients(n, rows, 0, classes, x);
  }

  /** A row whose logits do not fit: they are computed to be reduced, and again for the gradient. */
  private planRow(n: number): void {
    const { call, layer, loss, rangeClasses } = this;
    const { classes } = layer;
    const x = this.rowsOfX(n, 1);
    const chunks = Math.ceil(classes / CHUNK);
    const partials = call.scratch(PARTIAL_ELEMENTS * chunks);
    const stats = call.scratch(PARTIAL_ELEMENTS);
    const regime =
      call.engine.facts.adapter === 'cpu' ? 'split-per-invocation' : 'split-per-workgroup';
    const walk = (phase: Segment['phase']) => {
      const writes = phase === 'split-finish';
      for (const [from, to] of blocksOf(classes, rangeClasses)) {
        const logits = this.takeLogits(x, 1, from, to);
        const { mask } = loss;
        call.add(planSegment, {
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
    call.add(planSegment, {
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
    const { op, params, own, high, probabilities, weights } = this.loss;
    const { classes } = this.layer;
    return {
      op,
      high,
      shape: { outer: rows, length: classes, inner: 1 },
      firstRow: n,
      data: {
        x: logits,
        ...(probabilities && { v: partOf(probabilities, n * classes + from, rows * (to - from)) }),
        ...(writes && { y: logits }),
      },
      weights,
      params,
      own,
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
    const shared = params.stride_loss_grad === 0;
    return {
      ...(indices && { class_index: of(indices) }),
      ...(norm && { norm }),
      ...(writes && lossGrad && { loss_grad: shared ? lossGrad : of(lossGrad) }),
      ...(reduces && { loss: of(rowLoss) }),
      ...(reduces && results.logSumExp && { lse: of(results.logSumExp.region) }),
    };
  }
}
