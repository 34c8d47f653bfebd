import { bytesPer } from '../gpu/region';
import { lanesFor } from './lanes';
import { type Block, type DataRole, entriesOf, type Planning, quadsOf } from './planning';
import { MAX_UNROLLED } from './regimes';
import type { Phase, Role, ValueRole, Variant } from './variant';

/** The kernel of a phase, for this many groups of a block. */
export function chooseVariant(
  planning: Planning,
  phase: Phase,
  block: Block,
  groups: number,
): Variant {
  const { task, device, regime, orientation, typed } = planning;
  const { op, high, mask } = task;
  const { scope } = regime;
  const { length } = task.shape;
  const alone = scope === 'invocation';
  const contiguous = orientation === 'row' ? length : block.inner;
  const aligned =
    contiguous % 4 === 0 &&
    entriesOf(block.data).every(
      ([, { byteOffset, dtype }]) => byteOffset % (4 * bytesPer(dtype)) === 0,
    );
  const whole = phase === 'row';
  const quads = quadsOf(planning, whole ? length : Math.min(length, planning.chunk));
  const { lanes, workgroupSize } = lanesFor(planning, phase, quads, groups);
  const packed = !typed && entriesOf(block.data).some(([, { dtype }]) => dtype === 'f16');
  // Where a row of this length is never aligned: its plan must not depend on where it starts.
  const ragged = orientation === 'row' && length % 4 > 0 && !packed && !alone;
  const layout = aligned ? 'vec4' : ragged ? 'dealt' : 'scalar';
  const unrolled = whole && alone && quads <= MAX_UNROLLED[orientation] && !op.acrossRows;
  // No regime takes a row, and no tuning a chunk, that its lanes cannot hold.
  const held = !alone && (whole || phase === 'split-partial');
  // Where arithmetic takes the time, not memory; columns are better read again. Targets in the
  // output's place would be overwritten before their last use, and halves would lose digits.
  const stored =
    op.mapsToExp === true &&
    task.data.y !== undefined &&
    (task.data.y.dtype !== 'f16' || (block.wide && !regime.split)) &&
    alone &&
    orientation === 'row' &&
    !unrolled &&
    // A segment's place is the next one's too.
    !task.segment &&
    !block.aliased.includes('v');

  const { reads, writes } = rolesOf(planning, phase, stored);
  const isHalf = (role: Role) =>
    block.data[role as DataRole]?.dtype === 'f16' && !(role === 'y' && block.wide);
  return {
    op,
    high,
    phase,
    scope,
    workgroupSize,
    lanes,
    orientation,
    walk: unrolled ? 'unrolled' : held ? 'held' : 'streamed',
    // A row of nothing that is held is padding.
    quadsPerLane: unrolled ? quads : held ? Math.ceil((quads || 1) / lanes) : 0,
    tail: unrolled && orientation === 'row' && layout === 'scalar' ? length % 4 : 0,
    layout,
    interleave: chooseInterleave(planning),
    half: order([...reads, ...writes].filter(isHalf)),
    halves: device.halves,
    stored: stored && phase !== 'split-merge',
    mask: reads.includes('x') ? (mask?.kind ?? 'none') : 'none',
    maskLayout: mask?.layout ?? 'row',
    reads,
    writes,
    aliased: writes.includes('y') ? block.aliased.filter((role) => reads.includes(role)) : [],
  };
}

/** What a phase reads and writes. */
function rolesOf({ task, regime, data }: Planning, phase: Phase, stored: boolean) {
  const { op, high, mask, weights, values = {} } = task;
  const merges = phase === 'split-merge';
  const finishes = phase === 'split-finish';
  const whole = phase === 'row';
  const ofRows = Object.keys(values) as ValueRole[];
  /** What was set aside is read in place of logits. */
  const readsBack = stored && finishes;
  // The composer asks for a chunk's lowest logit where no mask makes −inf: rows may need no guards.
  const knowsLowest = regime.scope === 'invocation' && op.hasMax && !high && !mask;
  const when = (condition: unknown, ...roles: Role[]) => (condition ? roles : []);
  return {
    reads: order([
      ...ofRows.filter((role) => !isOutput(task, role)),
      ...when(!merges && data.v, 'v'),
      ...when(!merges && data.x && !readsBack, 'x'),
      ...when(!merges && mask?.region && !readsBack, 'mask'),
      ...when(weights, 'weights'),
      ...when(finishes, 'stats'),
      // What was set aside is below its chunk's maximum.
      ...when(merges || readsBack || (finishes && knowsLowest), 'partials'),
    ]),
    writes: order([
      ...when(whole || merges, ...ofRows.filter((role) => isOutput(task, role))),
      ...when(data.y && (whole || finishes || (stored && !merges)), 'y'),
      ...when(phase === 'split-partial', 'partials'),
      ...when(merges, 'stats'),
    ]),
  };
}

/** Whether a role of one value a row is written by the operation, not read. */
export const isOutput = ({ op }: Planning['task'], role: ValueRole): boolean =>
  ['loss', 'total', 'lse', op.gives].includes(role);

const order = (roles: Role[]): Role[] => [...new Set(roles)].sort();

/**
 * How columns are dealt to the lanes of a subgroup. A GPU joins what neighbours read; a CPU-backed
 * adapter reads for one lane after the other, and eight lanes that find a cache line each wait for
 * memory less often than eight that share two. Four share one, and gain nothing.
 */
const chooseInterleave = ({
  orientation,
  device: { adapter, subgroupMinSize },
}: Planning): number =>
  orientation === 'columns' && adapter === 'cpu' && subgroupMinSize > 4 ? subgroupMinSize : 1;
