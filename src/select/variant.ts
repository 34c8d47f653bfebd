import type { Halves } from '../gpu/halves';
import type { MaskTask } from '../rows/plan';
import type { SelectOp } from './task';

/**
 * The dispatches of an operation that selects: a scan of the row that notes the largest key (and the
 * sum of exponentials) of each tile, then the picks of the largest elements, or draws.
 */
export type Stage = 'scan' | SelectOp['name'];
export type SelectScope = 'invocation' | 'workgroup';

/** Buffers of these kernels, in the order in which they are bound. */
export const selectRoles = [
  'x',
  'mask',
  'tile_keys',
  'chunk_keys',
  'tile_sums',
  'chunk_sums',
  'picked',
  'row_numbers',
  'values_out',
  'indices_out',
] as const;
export type SelectRole = (typeof selectRoles)[number];

/** One shader that selects, fully said. */
export interface SelectVariant {
  readonly stage: Stage;
  /** Its WGSL, where it is not the scan. */
  readonly sources: SelectOp['sources'];
  readonly scope: SelectScope;
  readonly workgroupSize: number;
  /** Elements side by side and aligned, side by side, or `inner` apart. */
  readonly layout: 'vec4' | 'scalar' | 'strided';
  /** What converts x, where that is f16. */
  readonly half: Halves | undefined;
  readonly mask: MaskTask['kind'] | 'none';
  readonly maskLayout: MaskTask['layout'];
  /** A scan: sums too. A pick: probabilities, from sums. */
  readonly sums: boolean;
  /** A draw among picks: what is drawn is an index of theirs. */
  readonly picked: boolean;
  /** A draw whose rows' numbers are stored. */
  readonly numbered: boolean;
}

/** The variant's name: the label of its module and pipeline, and the name of its golden file. */
export function selectVariantName(v: SelectVariant): string {
  const parts = ['select', v.stage, `${v.scope}${v.workgroupSize}`, v.layout];
  if (v.half) parts.push('half');
  if (v.sums) parts.push('sums');
  if (v.picked) parts.push('picked');
  if (v.numbered) parts.push('numbered');
  if (v.mask !== 'none') parts.push(`mask-${v.mask}-${v.maskLayout}`);
  return parts.join(' ');
}
