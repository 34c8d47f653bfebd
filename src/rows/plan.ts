import { ALIGNMENT, floorTo, type Place, type Plan } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { blocksOf } from '../util/blocks';
import { describe, wrongValue } from '../util/words';
import { isOutput } from './choose-variant';
import { planColumns } from './columns';
import { addPhase } from './dispatch';
import {
  type Block,
  chunksOf,
  type Planning,
  partialBytes,
  planningOf,
  reserve,
  rowGroupsOf,
} from './planning';
import type { RegimeName } from './regimes';
import type { PlanDevice, RowTask, SegmentTask } from './task';
import { canTake, chooseTier, chunkFor } from './tiers';
import type { ValueRole } from './variant';

export type { RowDispatch } from './dispatch';
export { PARTIAL_ELEMENTS } from './planning';
export type { MaskTask, PlanDevice, RowShape, RowTask, Segment } from './task';

/** The dispatches of a row operation, and of what converts f16 for it. */
export interface RowPlan extends Plan {
  readonly regime: RegimeName;
}

/**
 * Turns a task into dispatches: picks the regime by row length, cuts the tensor into blocks that a
 * binding can hold and a watchdog will bear, and says for each dispatch what is bound where.
 *
 * @throws RangeError if no block of rows fits a binding; the message names the limit.
 */
export function planRows(label: string, given: RowTask, device: PlanDevice): RowPlan {
  const { outer, length, inner } = given.shape;
  const task = length > 0 ? given : rowsOfNothing(given);
  const planning = begin(label, task, device);
  if (length === 0) reserve(planning, NOTHING, 16);
  if (outer * inner > 0 && writes(task)) {
    for (const [start, end] of blocksOf(outer, slabsPerBlock(planning))) {
      planSlabs(planning, start, end);
    }
  }
  return planned(planning);
}

/**
 * The same for one phase of one split row, `task.segment`.
 *
 * @throws RangeError if the regime cannot take the row.
 */
export function planSegment(label: string, task: SegmentTask, device: PlanDevice): RowPlan {
  const { phase, from, to } = task.segment;
  const planning = begin(label, task, device);
  addPhase(planning, phase, { ...slabs(planning, 0, 1), start: -from }, from, to);
  return planned(planning);
}

/** What follows from a task's regime, before anything is planned. */
function begin(label: string, task: RowTask, device: PlanDevice): Planning {
  const { length, inner } = task.shape;
  const strided = inner > 1;
  const tier = chooseTier(length, strided, device);
  const name = task.regime ?? tier.regime;
  if (!canTake(name, length, strided, device)) {
    const may = `one for ${strided ? 'columns' : 'rows'} of ${length} elements`;
    wrongValue(label, 'regime', may, describe(name));
  }
  return planningOf(label, task, device, name, task.regime ? chunkFor(strided) : tier.chunk);
}

const planned = ({ name, steps, scratch }: Planning): RowPlan => ({ regime: name, steps, scratch });

/**
 * A task whose rows have no elements: only their values are written, and in place of what may have no
 * bytes to bind there is scratch.
 */
const rowsOfNothing = ({ mask: _, weights: __, ...task }: RowTask): RowTask => ({
  ...task,
  data: { x: { buffer: NOTHING, byteOffset: 0, dtype: 'f32', count: 4 } as Place as Region },
});

const NOTHING = 'nothing';

/** Whether there is anything to write: of rows of nothing only what is one value a row. */
const writes = (task: RowTask): boolean =>
  task.data.y !== undefined ||
  Object.keys(task.values ?? {}).some((role) => isOutput(task, role as ValueRole));

/** Outer slabs that one binding and one scratch buffer can hold. */
function slabsPerBlock(planning: Planning): number {
  const { task, device, regime, usable, unit } = planning;
  const { length, inner } = task.shape;
  const byBinding = Math.floor(usable / (length * inner * unit));
  if (!regime.split) return Math.max(1, byBinding);
  const groups = chunksOf(planning, length) * rowGroupsOf(planning, inner, inner);
  const byScratch = Math.floor((device.maxBinding - ALIGNMENT) / (groups * partialBytes(planning)));
  return Math.max(1, Math.min(byBinding, byScratch));
}

/** The block of outer slabs `start` to `end`. */
function slabs({ task, data, aliased, wide }: Planning, start: number, end: number): Block {
  const { length, inner } = task.shape;
  const firstRow = start * inner;
  const rows = (end - start) * inner;
  return { data, aliased, wide, start: firstRow * length, firstRow, rows, inner };
}

function planSlabs(planning: Planning, start: number, end: number): void {
  const { task, regime, usable, unit, chunk } = planning;
  const { length } = task.shape;
  const block = slabs(planning, start, end);
  const perElement = block.rows * unit;
  const fits = length * perElement <= usable;
  // One slab is over the binding limit. A split row is bound a range of its axis at a time; of other
  // rows, blocks of columns are gathered into scratch.
  const segment = floorTo(Math.floor(usable / perElement), chunk);
  if (!fits && (!regime.split || segment < chunk)) {
    planColumns(planning, start);
    return;
  }
  for (const phase of planning.phases) {
    const most = fits || phase === 'split-merge' ? length : segment;
    // A row of nothing is a range too.
    for (let from = 0; from === 0 || from < length; from += most || 1) {
      addPhase(planning, phase, block, from, Math.min(from + most, length));
    }
  }
}
