import type { Halves } from '../gpu/halves';
import type { HighPrecision } from './precision';
import type { RowOp } from './row-op';
import type { MaskTask } from './task';

/** How a row is shared out: the pieces of one dispatch beside its operation. */
export type Phase = 'row' | 'split-partial' | 'split-merge' | 'split-finish';
/** How the lanes of a row exchange values: there is one alone, by shuffles, through workgroup memory. */
export type Scope = 'invocation' | 'subgroup' | 'workgroup';
/**
 * How a quad is loaded and stored: at once, or element by element; those of a ragged row whose lanes
 * share it are dealt to them.
 */
export type Layout = 'vec4' | 'scalar' | 'dealt';
/**
 * A quad is four neighbours of one row, or one element of each of four neighbouring rows (for an axis
 * that is not the last).
 */
export type Orientation = 'row' | 'columns';
/**
 * A row is read again for every pass, held in registers, or, when short, held by straight-line code
 * of its own.
 */
export type Walk = 'streamed' | 'held' | 'unrolled';

/** Buffers of a kernel: row data, one value a row, and tables read whole. */
export const rowRoles = ['x', 'v', 'y'] as const;
export const valueRoles = [
  'class_index',
  'lse',
  'dlse',
  'loss_grad',
  'norm',
  'loss',
  'total',
] as const;
export const roles = [...rowRoles, 'mask', 'weights', ...valueRoles, 'partials', 'stats'] as const;
export type RowRole = (typeof rowRoles)[number];
export type ValueRole = (typeof valueRoles)[number];
export type Role = (typeof roles)[number];

/** One shader, fully said: the composer turns it into WGSL, its name is its cache key. */
export interface Variant {
  readonly op: RowOp;
  /** Files of high precision, where it is asked for. */
  readonly high: HighPrecision | undefined;
  readonly phase: Phase;
  readonly scope: Scope;
  readonly workgroupSize: number;
  /** Invocations that share a row: a power of two. */
  readonly lanes: number;
  readonly orientation: Orientation;
  readonly walk: Walk;
  /** Quads each lane holds in registers; 0 for a streamed row. */
  readonly quadsPerLane: number;
  /** Elements past the last whole quad, where that is part of the code; else 0. */
  readonly tail: number;
  readonly layout: Layout;
  /** So many neighbouring invocations take columns a cache line apart; 1 where they are neighbours. */
  readonly interleave: number;
  /** Row data of f16. */
  readonly half: readonly Role[];
  readonly halves: Halves | undefined;
  /** Exponentials are set aside where the result will be, and read back from there. */
  readonly stored: boolean;
  readonly mask: 'none' | MaskTask['kind'];
  /** A mask of the tensor's own shape is read like row data, others by their strides. */
  readonly maskLayout: 'row' | 'broadcast';
  /** Roles read, roles written. */
  readonly reads: readonly Role[];
  readonly writes: readonly Role[];
  /** Roles read through the binding of y, whose buffer they share. */
  readonly aliased: readonly Role[];
}

/** The variant's name: the label of its module and pipeline, and the name of its golden file. */
export function variantName(v: Variant): string {
  const tail = v.tail > 0 ? `-tail${v.tail}` : '';
  const walk = `${v.walk}${v.quadsPerLane > 0 ? v.quadsPerLane : ''}${tail}`;
  const layout = v.orientation === 'columns' ? `columns-${v.layout}` : v.layout;
  const shared = v.scope !== 'invocation' && v.lanes < v.workgroupSize ? `-lanes${v.lanes}` : '';
  const parts = [v.op.name, v.phase, `${v.scope}${v.workgroupSize}${shared}`, walk, layout];
  if (v.interleave > 1) parts.push(`interleave${v.interleave}`);
  if (v.high) parts.push(v.high.name);
  if (v.stored) parts.push('stored');
  if (v.mask !== 'none') parts.push(`mask-${v.mask}-${v.maskLayout}`);
  if (v.half.length > 0) {
    const { conversion } = v.halves!;
    parts.push(`half-${v.half.join('+')}${conversion === 'integer' ? '' : `-${conversion}`}`);
  }
  parts.push(`${v.reads.join('+')}→${v.writes.join('+')}`);
  if (v.aliased.length > 0) parts.push(`in-place-${v.aliased.join('+')}`);
  return parts.join(' ');
}
