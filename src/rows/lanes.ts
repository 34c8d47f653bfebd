import { chunksOf, type Planning } from './planning';
import type { Phase } from './variant';

/** How many invocations share a row, and how many are in a workgroup. */
export interface Lanes {
  readonly lanes: number;
  readonly workgroupSize: number;
}

/** Quads that a lane takes, where there are lanes enough. */
const FEW_QUADS = 4;

/** Workgroups: two subgroups of 32, which hide each other's waits, and as many as every device allows. */
const [SMALL, LARGE] = [64, 256];

/**
 * The lanes of a phase whose row (or chunk) has this many quads. It is the row's length that decides,
 * not how many rows there are: lanes are part of the sum plan.
 */
export function lanesFor(planning: Planning, phase: Phase, quads: number, groups: number): Lanes {
  const { regime, device, task, orientation } = planning;
  const { op, high, shape } = task;
  const shared = (workgroupSize: number, lanes = workgroupSize) => ({ lanes, workgroupSize });
  if (regime.scope === 'invocation') {
    // They spread over the cores where there are few: a subgroup in each workgroup, for fewer would
    // leave lanes without work.
    const few = Math.min(Math.max(4, device.subgroupMinSize), SMALL);
    return shared(groups < 512 ? few : SMALL, 1);
  }
  const values = phase === 'split-merge' ? chunksOf(planning, shape.length) : quads;
  const wanted = Math.max(8, 2 ** Math.ceil(Math.log2(values / FEW_QUADS)));
  if (regime.scope === 'subgroup') return shared(128, Math.min(wanted, device.subgroupMinSize));
  if (orientation === 'columns') {
    // What lanes exchange is to fit in the 16 KiB of memory that every device has. Four neighbours,
    // which take four columns each, still read 64 bytes that are side by side.
    return shared(op.sumCount > 2 || high ? LARGE / 2 : LARGE, Math.min(wanted, 64));
  }
  return wanted > SMALL ? shared(LARGE) : shared(SMALL, wanted);
}
