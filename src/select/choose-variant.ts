import type { DeviceFacts } from '../gpu/adapter';
import { bytesPer, type Region } from '../gpu/region';
import type { SelectTask } from './task';
import type { SelectRegime } from './tiers';
import type { SelectScope, SelectVariant, Stage } from './variant';

/** Invocations of a workgroup: by lane for a scan one per tile, for a pick one per quad of a tile. */
const WORKGROUP_SIZES = { scan: 64, pick: 16 } as const;

/**
 * The kernel of a stage of a task.
 *
 * @param sums whether tiles are summed too, for draws and probabilities.
 * @param groups of lanes that the stage takes: few go to smaller workgroups, so that cores share them.
 */
export function chooseSelectVariant(
  { op, shape, x, mask, picked, rowNumbers }: SelectTask,
  device: DeviceFacts,
  regime: SelectRegime,
  stage: Stage,
  sums: boolean,
  groups: number,
): SelectVariant {
  const scope: SelectScope =
    stage === 'draw' || regime === 'split-per-invocation' ? 'invocation' : 'workgroup';
  const isAligned = ({ byteOffset, dtype }: Region) =>
    byteOffset % (4 * bytesPer(dtype)) === 0 && shape.length % 4 === 0;
  const rowMask = mask?.layout === 'row' ? mask.region : undefined;
  const aligned = isAligned(x) && (!rowMask || isAligned(rowMask));
  return {
    stage,
    sources: stage === 'scan' ? [] : op.sources,
    scope,
    workgroupSize:
      scope === 'workgroup' ? WORKGROUP_SIZES[stage as 'scan' | 'pick'] : groups < 1024 ? 4 : 64,
    layout: shape.inner > 1 ? 'strided' : aligned ? 'vec4' : 'scalar',
    half: x.dtype === 'f16' ? device.halves : undefined,
    mask: mask?.kind ?? 'none',
    maskLayout: mask?.layout ?? 'row',
    sums,
    picked: picked !== undefined && stage === 'draw',
    numbered: rowNumbers !== undefined && stage === 'draw',
  };
}
