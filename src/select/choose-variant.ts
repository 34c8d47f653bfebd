import type { DeviceFacts } from '../gpu/adapter';
import { bytesPer, type Region } from '../gpu/region';
import type { SelectOp, SelectTask } from './task';
import type { SelectRegime } from './tiers';
import type { SelectVariant } from './variant';

/**
 * The kernel of a stage of a task.
 *
 * @param sums whether tiles are summed too, for draws and probabilities.
 * @param filtered whether it draws among what filters left.
 * @param groups of lanes that the stage takes: few go to smaller workgroups, so that cores share them.
 */
export function chooseSelectVariant(
  { shape, x, mask, picked, rowNumbers }: SelectTask,
  device: DeviceFacts,
  regime: SelectRegime,
  op: SelectOp,
  { sums, filtered }: Pick<SelectVariant, 'sums' | 'filtered'>,
  groups: number,
): SelectVariant {
  const { name: stage, lanes, alwaysShared } = op;
  const isShared = lanes !== undefined && (alwaysShared || regime === 'split-per-workgroup');
  const isAligned = ({ byteOffset, dtype }: Region) =>
    byteOffset % (4 * bytesPer(dtype)) === 0 && shape.length % 4 === 0;
  const rowMask = mask?.layout === 'row' ? mask.region : undefined;
  const aligned = isAligned(x) && (!rowMask || isAligned(rowMask));
  return {
    stage,
    op,
    scope: isShared ? 'workgroup' : 'invocation',
    workgroupSize: isShared ? lanes : groups < 1024 ? 4 : 64,
    layout: shape.inner > 1 ? 'strided' : aligned ? 'vec4' : 'scalar',
    half: x.dtype === 'f16' ? device.halves : undefined,
    mask: mask?.kind ?? 'none',
    maskLayout: mask?.layout ?? 'row',
    sums,
    picked: picked !== undefined && stage === 'draw',
    numbered: rowNumbers !== undefined && stage === 'draw',
    filtered: filtered && stage === 'draw',
  };
}
