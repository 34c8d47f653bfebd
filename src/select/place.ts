import logProbability from '../../shaders/select/log-probability.wgsl';
import rank from '../../shaders/select/rank.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { blocksOf } from '../util/blocks';
import { CHUNK_TILES, type SelectPlan, SelectPlanner, TILE } from './plan';
import type { SelectOp, SelectTask } from './task';

/** The log-probability of an element at a given place. */
export const logProbabilityOp: SelectOp = {
  name: 'log-probability',
  sources: [logProbability],
  written: ['values_out'],
  read: ['tile_keys', 'chunk_keys', 'tile_sums', 'chunk_sums', 'places'],
};

/** How many elements of its row come before it, and 1. */
const rankOp: SelectOp = {
  name: 'rank',
  sources: [rank],
  written: ['indices_out'],
  read: ['tile_keys', 'chunk_keys', 'places'],
};

/** Chunks that a dispatch counts in: llvmpipe's loops go through their quads. */
const RANKED_CHUNKS = 40;

/**
 * Turns a task with places into dispatches: a scan, log-probabilities, ranks.
 *
 * @throws RangeError as `planSelect`.
 */
export const planPlaces = (label: string, task: SelectTask, device: DeviceFacts): SelectPlan =>
  new PlacePlanner(label, task, device).plan();

class PlacePlanner extends SelectPlanner {
  protected override planBlock(start: number, end: number): void {
    const { chunks } = this;
    const { picks } = this.task;
    const groups = this.rowsOf(start, end) * picks;
    if (this.scans) this.planScan(start, end, true);
    const perPlace = 2 * chunks + CHUNK_TILES + 2 * TILE;
    this.dispatch(logProbabilityOp, start, end, { sums: true }, groups, perPlace);
    for (const [chunk_first, chunk_last] of blocksOf(chunks, RANKED_CHUNKS)) {
      const elements = TILE * CHUNK_TILES * (chunk_last - chunk_first);
      const own = { chunk_first, chunk_last };
      this.dispatch(rankOp, start, end, {}, groups, elements, own);
    }
  }
}
