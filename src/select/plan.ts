import type { DeviceFacts } from '../gpu/adapter';
import { ALIGNMENT, type BoundRange, bind, type Dispatch, gridOf, type Plan } from '../gpu/plan';
import { bytesPer, type Region } from '../gpu/region';
import type { Params } from '../rows/params';
import { blocksOf } from '../util/blocks';
import { chooseSelectVariant } from './choose-variant';
import { type SelectKernel, selectKernel } from './kernel';
import { scanOp } from './scan';
import type { SelectOp, SelectRole, SelectTask } from './task';
import { chooseSelectScope, type SelectRegime } from './tiers';
import type { SelectVariant } from './variant';

/** Elements of a tile, and tiles of a chunk; `shaders/select/tiles.wgsl` says what they are for. */
export const TILE = 64;
export const CHUNK_TILES = 64;

/** Turns of loops an invocation may take: llvmpipe ends them at 65 535 without a word. */
const MAX_TURNS = 60_000;

/** A dispatch that picks or draws. */
export type SelectDispatch = Dispatch<SelectKernel, Params>;
export type SelectPlan = Plan<SelectKernel, Params>;

/**
 * Turns a task into dispatches: a scan, unless a row is one tile, and the picks or draws; in blocks
 * of rows within the binding limit and the watchdog's patience.
 *
 * @throws RangeError if a row does not fit a binding, or along an axis that is not the last all rows
 * side by side; the message names the limit.
 */
export const planSelect = (label: string, task: SelectTask, device: DeviceFacts): SelectPlan =>
  new SelectPlanner(label, task, device).plan();

/** Plans a task in blocks of rows; one that filters (`filter-plan.ts`) plans more for each. */
export class SelectPlanner<T extends SelectTask = SelectTask> {
  private readonly steps: SelectDispatch[] = [];
  private readonly scratch = new Map<string, number>();
  private readonly regime: SelectRegime;
  protected readonly tiles: number;
  protected readonly chunks: number;
  /** From one row's tiles or chunks to the next's: whole quads of them. */
  private readonly tileStride: number;
  private readonly chunkStride: number;

  constructor(
    protected readonly label: string,
    protected readonly task: T,
    protected readonly device: DeviceFacts,
  ) {
    const { length, inner } = task.shape;
    this.regime = task.regime ?? chooseSelectScope(length, inner > 1, device);
    this.tiles = Math.ceil(length / TILE);
    this.chunks = Math.ceil(this.tiles / CHUNK_TILES);
    this.tileStride = 4 * Math.ceil(this.tiles / 4);
    this.chunkStride = 4 * Math.ceil(this.chunks / 4);
  }

  plan(): SelectPlan {
    const { outer, inner } = this.task.shape;
    if (outer * inner > 0 && this.task.picks > 0) {
      for (const [start, end] of blocksOf(outer, this.outersPerBlock())) this.planBlock(start, end);
    }
    return { steps: this.steps, scratch: this.scratch };
  }

  /** Outer indices that one binding of anything can hold. */
  private outersPerBlock(): number {
    const { shape, x, mask, picks } = this.task;
    const rowMask = mask?.layout === 'row' && mask.region;
    const perRow = Math.max(
      shape.length * Math.max(bytesPer(x.dtype), rowMask ? 4 : 0),
      4 * picks,
      ...Object.values(this.scratchPerRow()),
    );
    const { maxBinding } = this.device;
    const bytes = perRow * shape.inner;
    if (shape.inner > 1 && bytes > maxBinding) {
      throw new RangeError(
        `${this.label}: x or its results need a binding of ${bytes} bytes for ${shape.inner} rows of ` +
          `${shape.length} elements, side by side, over ${maxBinding} (maxStorageBufferBindingSize); ` +
          'transpose, so that a binding need hold one row only, or take fewer columns at a time',
      );
    }
    return Math.max(1, Math.floor((maxBinding - ALIGNMENT) / bytes));
  }

  /** Bytes of scratch that a row takes, by role. */
  protected scratchPerRow(): Partial<Record<SelectRole, number>> {
    return {
      tile_keys: 4 * this.tileStride,
      chunk_keys: 4 * this.chunkStride,
      tile_sums: 4 * this.tileStride,
      chunk_sums: 8 * this.chunkStride,
    };
  }

  /** Whether there is a scan: of a row that is one tile nothing is to be noted. */
  protected get scans(): boolean {
    return this.tiles > 1;
  }

  protected planBlock(start: number, end: number): void {
    const { op, probabilities = false } = this.task;
    const draws = op.name === 'draw';
    if (this.scans) this.planScan(start, end, draws || probabilities);
    if (draws) this.planDraw(start, end);
    else this.planPicks(start, end);
  }

  protected planScan(start: number, end: number, sums: boolean): void {
    const { length } = this.task.shape;
    const groups = this.rowsOf(start, end) * this.chunks;
    this.dispatch(scanOp, start, end, { sums }, groups, Math.min(length, TILE * CHUNK_TILES));
  }

  protected planDraw(start: number, end: number, filtered = false): void {
    const { op, picks } = this.task;
    const perDraw = 4 * this.chunks + 2 * CHUNK_TILES + 3 * TILE;
    this.dispatch(op, start, end, { filtered }, this.rowsOf(start, end) * picks, perDraw);
  }

  private planPicks(start: number, end: number): void {
    const { op, picks, probabilities: sums = false } = this.task;
    // A round takes a turn for each quad of the row's chunks, of a chunk's tiles and of a tile.
    const turns = this.chunkStride / 4 + CHUNK_TILES / 4 + TILE / 4 + 1;
    const rounds = Math.max(1, Math.floor((MAX_TURNS - 2 * this.chunks) / turns));
    for (const [round, last] of blocksOf(picks, rounds)) {
      const elements = 8 * turns * (last - round);
      this.dispatch(op, start, end, { sums }, this.rowsOf(start, end), elements, {
        round_start: round,
        round_end: last,
      });
    }
  }

  protected rowsOf(start: number, end: number): number {
    return (end - start) * this.task.shape.inner;
  }

  /** Adds a stage for the rows of these outer indices, cut where it would take too long. */
  protected dispatch(
    op: SelectOp,
    start: number,
    end: number,
    { sums = false, filtered = false }: Partial<Pick<SelectVariant, 'sums' | 'filtered'>>,
    groups: number,
    elementsPerGroup: number,
    own: Params = {},
  ): void {
    const { task, device } = this;
    const { length, inner } = task.shape;
    const rows = this.rowsOf(start, end);
    const flags = { sums, filtered };
    const variant = chooseSelectVariant(task, device, this.regime, op, flags, groups);
    const params: Params = {
      ...task.params,
      ...own,
      row_groups: rows,
      row_start: start * inner,
      length,
      inner,
      tiles: this.tiles,
      tile_stride: this.tileStride,
      chunks: this.chunks,
      chunk_stride: this.chunkStride,
      batch_rows: task.shape.outer * inner,
      draws: task.picks,
      picks: task.picks,
      result_stride: task.resultStride,
    };
    const kernel = selectKernel(variant);
    const ranges = kernel.bindings.map(({ role }) => this.bindRole(role, start, rows, params));
    const most = Math.max(1, Math.floor(device.maxElements / elementsPerGroup));
    for (const [first, last] of blocksOf(groups, most)) {
      const perWorkgroup = variant.scope === 'workgroup' ? 1 : variant.workgroupSize;
      this.steps.push({
        kind: 'dispatch',
        kernel,
        ranges,
        params: { ...params, group_start: first, group_end: last },
        workgroups: gridOf(Math.ceil((last - first) / perWorkgroup), device),
        elements: (last - first) * elementsPerGroup,
      });
    }
  }

  private bindRole(role: SelectRole, start: number, rows: number, params: Params): BoundRange {
    const { label, device, task } = this;
    const { length, inner } = task.shape;
    const firstRow = start * inner;
    const data = (region: Region, perRow: number) =>
      bind(label, device, params, role, [region, firstRow * perRow, rows * perRow]);
    switch (role) {
      case 'x':
        return data(task.x, length);
      case 'mask': {
        const { region, layout } = task.mask!;
        if (layout === 'row') return data(region!, length);
        return bind(label, device, params, role, [region!, 0, region!.count]);
      }
      case 'places':
        return data(task.places!, task.picks);
      case 'picked':
        return data(task.picked!, length);
      case 'row_numbers':
        return data(task.rowNumbers!, 2);
      case 'values_out':
        return data(task.values!, task.picks);
      case 'indices_out':
        return data(task.indices, task.picks);
      default: {
        // Of a row without a scan the buffer is bound but not read.
        const size = this.scans ? rows * this.scratchPerRow()[role]! : 16;
        this.scratch.set(role, Math.max(size, this.scratch.get(role) ?? 0));
        return { role, buffer: role, offset: 0, size };
      }
    }
  }
}
