/** What all parts of a planner know: the task on its device, and the block in hand. */

import { ALIGNMENT, type Copies, type Dispatch, type Place } from '../gpu/plan';
import { bytesPer, type Region } from '../gpu/region';
import { phasesOf, type Regime, type RegimeName, regimes } from './regimes';
import type { PlanDevice, RowTask } from './task';
import { type Orientation, type Phase, type RowRole, rowRoles } from './variant';

/** Row data, and masks that are read like it. */
export type DataRole = RowRole | 'mask';
export type RowData<P extends Place = Place> = Readonly<Partial<Record<DataRole, P>>>;

/** Row data with its roles. */
export const entriesOf = <P extends Place>(data: RowData<P>) =>
  Object.entries(data) as [role: DataRole, place: P][];

/** Row data, and how it is bound. */
interface Data<P extends Place = Place> {
  readonly data: RowData<P>;
  /** Roles in the buffer of y, which share its binding. */
  readonly aliased: readonly DataRole[];
  /**
   * An odd number of packed halves side by side, or a first one in the middle of a word, shares words
   * with what is beside, whose owner is another invocation or somebody else: results are written as f32
   * to scratch, and converted from there.
   */
  readonly wide: boolean;
}

/** A task, and what follows from it for every dispatch. */
export interface Planning extends Data<Region> {
  readonly label: string;
  readonly task: RowTask;
  readonly device: PlanDevice;
  readonly name: RegimeName;
  readonly regime: Regime;
  /** An operation without elements to write has no last phase. */
  readonly phases: readonly Phase[];
  /** Elements of a chunk. */
  readonly chunk: number;
  readonly orientation: Orientation;
  /** Halves are bound as f16, not packed in words. */
  readonly typed: boolean;
  /** Bytes of the largest element of row data. */
  readonly unit: number;
  /** Bytes of row data that a binding can hold; roles that share a binding share its bytes. */
  readonly usable: number;
  readonly steps: (Dispatch | Copies)[];
  readonly scratch: Map<string, number>;
}

/** Rows that are planned together: whole outer slabs, or columns gathered from one. */
export interface Block extends Data {
  /** The element of row data that the block begins with. */
  readonly start: number;
  readonly firstRow: number;
  readonly rows: number;
  readonly inner: number;
}

export function planningOf(
  label: string,
  task: RowTask,
  device: PlanDevice,
  name: RegimeName,
  chunk: number,
): Planning {
  const { mask, shape } = task;
  const data: Partial<Record<DataRole, Region>> = {};
  for (const role of rowRoles) if (task.data[role]) data[role] = task.data[role];
  if (mask?.region && mask.layout === 'row') data.mask = mask.region;
  const { y } = data;
  const orientation = shape.inner > 1 ? 'columns' : 'row';
  const typed = device.halves?.conversion === 'typed';
  const wide =
    y !== undefined && !typed && sharesWords(y, orientation === 'row' ? shape.length : shape.inner);
  const entries = entriesOf(data);
  const units = entries.map(([role, { dtype }]) => (role === 'y' && wide ? 4 : bytesPer(dtype)));
  const together = entries.filter(([, { buffer }]) => !wide && buffer === y?.buffer);
  const offsets = together.map(([, { byteOffset }]) => byteOffset);
  const regime = regimes[name];
  return {
    label,
    task,
    device,
    name,
    regime,
    phases: phasesOf(regime).filter((phase) => phase !== 'split-finish' || y),
    chunk,
    orientation,
    data,
    aliased: together.flatMap(([role]) => (role === 'y' ? [] : [role])),
    wide,
    typed,
    unit: Math.max(...units),
    usable:
      device.maxBinding - ALIGNMENT - Math.max(0, Math.max(...offsets) - Math.min(...offsets)),
    steps: [],
    scratch: new Map(),
  };
}

/** Whether adjacent rows of this length share words with each other or with their surroundings. */
export const sharesWords = ({ dtype, byteOffset }: Region, contiguous: number): boolean =>
  dtype === 'f16' && (contiguous % 2 === 1 || byteOffset % 4 !== 0);

export function reserve({ scratch }: Planning, name: string, bytes: number): void {
  scratch.set(name, Math.max(bytes, scratch.get(name) ?? 0));
}

/** Chunks in this many elements. An empty row has one too, which says that it is empty. */
export const chunksOf = ({ chunk }: Planning, elements: number): number =>
  Math.max(1, Math.ceil(elements / chunk));

/** Groups of rows that one group of lanes takes together: four columns of a slab, or a row. */
export const rowGroupsOf = ({ orientation }: Planning, rows: number, inner: number): number =>
  orientation === 'row' ? rows : (rows / inner) * Math.ceil(inner / 4);

/** The number of quads in this many elements of a row. */
export const quadsOf = ({ orientation }: Planning, elements: number): number =>
  orientation === 'row' ? Math.ceil(elements / 4) : elements;

/** f32 elements that are kept of a chunk at most, where a quad is of one row. */
export const PARTIAL_ELEMENTS = 12;

/** Size in bytes of WGSL's `Partial`, the record kept of a chunk. */
export function partialBytes({ task: { op, high }, orientation }: Planning): number {
  // A maximum and a minimum, a sum in two parts and up to three sums besides.
  if (high) return orientation === 'columns' ? 128 : 48;
  if (orientation === 'columns') return (op.hasMax ? 48 : 32) + 16 * op.sumCount;
  return op.sumCount <= 2 ? 16 : 32;
}
