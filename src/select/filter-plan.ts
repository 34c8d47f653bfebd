import type { DeviceFacts } from '../gpu/adapter';
import type { Params } from '../rows/params';
import { bracketOp, keepOp, markOp, reportOp, settleOp } from './filter';
import { CHUNK_TILES, type SelectPlan, SelectPlanner, TILE } from './plan';
import type { SelectOp, SelectRole, SelectTask } from './task';

/** A filter's uniforms. */
export type FilterStep = Pick<
  Params,
  'filter_kind' | 'wanted' | 'widens' | 'share' | 'share_bits' | 'reach'
>;

/** As `params.filter_kind`; the names are those of `shaders/select/cut.wgsl`. */
export const filterKinds = { TOP_K: 0, TOP_P: 1, MIN_P: 2, NO_FILTER: 3 } as const;

/** Draws among what filters leave, or a report of that. */
export interface FilterTask extends SelectTask {
  /** In their order; one or more. */
  readonly filters: readonly FilterStep[];
  /** Uniforms of the scale that they look at. */
  readonly filterScale: Params;
  /** Whether it is the scale of the draw. */
  readonly isDrawScale: boolean;
  /** Whether weights count, or the order alone. */
  readonly weighs: boolean;
}

/** Elements of a row: what llvmpipe's loops can go through, and 64-bit sums hold with digits to spare. */
export const MAX_FILTERED = 2 ** 21;

/**
 * Lanes that share a row: on a CPU few, for a barrier costs a switch for every four of them, but so
 * many that all loops of one together stay under llvmpipe's 65 535 turns, should all elements be
 * marked: two turns an element at each of up to eight levels.
 */
const lanesFor = (length: number, { adapter }: DeviceFacts) =>
  Math.min(256, Math.max(adapter === 'cpu' ? 4 : 64, 2 ** Math.ceil(Math.log2(length / 3_000))));

/** What a watchdog takes a second attempt for, of a first one: most rows need none. */
const SELDOM = 1 / 8;
/** And for so many elements of each tile it takes what settles a row. */
const MARKED_OF_TILE = 8;

/** Marked elements that are listed, if they are no more. */
const LISTED = 4096;

/** Tiles that are read whole to guess by. */
const SAMPLED_TILES = 64;

/**
 * Turns a task with filters into dispatches: a scan; for each filter a bracket, marks and what they
 * settle, and in case the bracket was beside the cut, marks and what they settle once more; then
 * the draws, or a report.
 *
 * @throws RangeError as `planSelect`.
 */
export const planFiltered = (label: string, task: FilterTask, device: DeviceFacts): SelectPlan =>
  new FilterPlanner(label, task, device).plan();

class FilterPlanner extends SelectPlanner<FilterTask> {
  protected override get scans(): boolean {
    return true;
  }

  private get listRoom(): number {
    return Math.min(LISTED, TILE * this.tiles);
  }

  protected override scratchPerRow(): Partial<Record<SelectRole, number>> {
    const perRow = super.scratchPerRow();
    return {
      ...perRow,
      marks: 2 * perRow.tile_keys!,
      tallies: 6 * perRow.chunk_keys!,
      lists: 4 * this.listRoom,
      cuts: 40,
    };
  }

  protected override planBlock(start: number, end: number): void {
    const { op, filters, filterScale, isDrawScale } = this.task;
    this.planScan(start, end, false);
    filters.forEach((filter, i) => {
      const own = { ...filterScale, ...filter };
      this.planBracket(start, end, { ...own, is_first: Number(i === 0) });
      // A distance is known, and needs no second attempt.
      const rounds = filter.filter_kind === filterKinds.MIN_P ? 1 : 2;
      for (let round = 1; round <= rounds; round++) {
        this.planMarks(start, end, own, round === 1 ? 1 : SELDOM);
        this.planSettle(start, end, { ...own, is_last: Number(round === rounds) });
      }
    });
    if (op.name === 'report') {
      this.dispatch(reportOp, start, end, {}, this.rowsOf(start, end), 1);
      return;
    }
    if (!isDrawScale) {
      this.planBracket(start, end, { filter_kind: filterKinds.NO_FILTER });
      this.planMarks(start, end, {});
    }
    const groups = this.rowsOf(start, end) * this.chunks;
    this.dispatch(keepOp, start, end, {}, groups, TILE * CHUNK_TILES);
    this.planDraw(start, end, true);
  }

  private planBracket(start: number, end: number, own: Params): void {
    const step = Math.ceil(this.tiles / SAMPLED_TILES);
    const elements = TILE * SAMPLED_TILES + this.tiles;
    const params = { ...own, tile_step: step };
    this.dispatch(
      this.shared(bracketOp),
      start,
      end,
      {},
      this.rowsOf(start, end),
      elements,
      params,
    );
  }

  private planMarks(start: number, end: number, own: Params, share = 1): void {
    const { weighs: sums, shape } = this.task;
    const groups = this.rowsOf(start, end) * this.chunks;
    const elements = share * Math.min(shape.length, TILE * CHUNK_TILES);
    this.dispatch(markOp, start, end, { sums }, groups, elements, own);
  }

  private planSettle(start: number, end: number, own: Params): void {
    const { weighs: sums } = this.task;
    const rows = this.rowsOf(start, end);
    const elements = MARKED_OF_TILE * this.tiles;
    this.dispatch(this.shared(settleOp), start, end, { sums }, rows, elements, {
      ...own,
      list_room: this.listRoom,
    });
  }

  private shared(op: SelectOp): SelectOp {
    return { ...op, lanes: lanesFor(this.task.shape.length, this.device) };
  }
}
