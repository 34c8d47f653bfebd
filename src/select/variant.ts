import type { Halves } from '../gpu/halves';
import type { MaskTask } from '../rows/plan';
import type { SelectOp } from './task';

/**
 * The dispatches of an operation that selects: a scan of the row that notes the largest key (and the
 * sum of exponentials) of each tile, then the picks of the largest elements, or filters, or draws.
 */
export type Stage = SelectOp['name'];
export type SelectScope = 'invocation' | 'workgroup';

/** One shader that selects, fully said. */
export interface SelectVariant {
  readonly stage: Stage;
  readonly op: SelectOp;
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
  /** A draw among what filters left. */
  readonly filtered: boolean;
}

/** The variant's name: the label of its module and pipeline, and the name of its golden file. */
export function selectVariantName(v: SelectVariant): string {
  const parts = ['select', v.stage, `${v.scope}${v.workgroupSize}`, v.layout];
  if (v.half) parts.push('half');
  if (v.sums) parts.push('sums');
  if (v.picked) parts.push('picked');
  if (v.numbered) parts.push('numbered');
  if (v.filtered) parts.push('filtered');
  if (v.mask !== 'none') parts.push(`mask-${v.mask}-${v.maskLayout}`);
  return parts.join(' ');
}
