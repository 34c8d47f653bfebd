import type { From } from '../gpu/halves';
import {
  ALIGNMENT,
  type BoundRange,
  bind,
  type Dispatch,
  floorTo,
  gridOf,
  overBinding,
  type Place,
} from '../gpu/plan';
import { bytesOf, bytesPer, type Region } from '../gpu/region';
import { blocksOf } from '../util/blocks';
import { chooseVariant } from './choose-variant';
import { type RowKernel, rowKernel } from './kernel';
import type { Params } from './params';
import {
  type Block,
  chunksOf,
  type DataRole,
  type Planning,
  partialBytes,
  quadsOf,
  reserve,
  rowGroupsOf,
} from './planning';
import type { Phase, Role, ValueRole } from './variant';

/** A dispatch that walks rows. */
export type RowDispatch = Dispatch<RowKernel, Params>;

/** Adds the dispatches of a phase over elements `from` to `to` of a block's rows. */
export function addPhase(
  planning: Planning,
  phase: Phase,
  block: Block,
  from: number,
  to: number,
): void {
  const { task, device, chunk } = planning;
  const { length } = task.shape;
  const { rows, inner } = block;
  const merges = phase === 'split-merge';
  const rowGroups = rowGroupsOf(planning, rows, inner);
  const chunks = chunksOf(planning, length);
  const groups = rowGroups * (merges || phase === 'row' ? 1 : chunksOf(planning, to - from));
  const variant = chooseVariant(planning, phase, block, groups);
  const { lanes, workgroupSize } = variant;
  const kernel = rowKernel(variant);
  const params: Params = {
    ...task.params,
    ...task.own,
    row_groups: rowGroups,
    row_start: block.firstRow + (task.firstRow ?? 0),
    length,
    inner,
    axis_start: from,
    chunk_start: from / chunk,
    chunk_quads: quadsOf(planning, chunk),
    chunks,
    stride_class_index: 1,
    stride_dlse: 1,
    stride_loss_grad: task.params?.stride_loss_grad ?? 1,
  };
  const elements: Elements = [
    block.start + from * inner,
    ((rows / inner - 1) * length + to - from) * inner,
  ];
  const ranges = kernel.bindings.map(({ role }) =>
    role === 'partials' || role === 'stats'
      ? keptRange(planning, role, rowGroups * (role === 'stats' ? 1 : chunks))
      : bindRole(planning, block, kernel, params, role, elements),
  );
  // Groups are independent, so a dispatch that would take too long is several.
  const perGroup = merges ? chunks : (rows * (to - from)) / groups;
  const most = Math.max(1, Math.floor(device.maxElements / perGroup));
  for (const [start, end] of blocksOf(groups, most)) {
    planning.steps.push({
      kind: 'dispatch',
      kernel,
      ranges,
      params: { ...params, group_start: start, group_end: end },
      workgroups: gridOf(Math.ceil(((end - start) * lanes) / workgroupSize), device),
      elements: (end - start) * perGroup,
    });
  }
  if (block.wide && variant.writes.includes('y')) {
    const [first, count] = elements;
    convert(planning, [widePlace(count), 0], [task.data.y!, first], count);
  }
}

/** Elements of row data, from the first on. */
type Elements = readonly [first: number, count: number];

const widePlace = (count: number): Place => ({
  buffer: 'wide',
  byteOffset: 0,
  dtype: 'f32',
  count,
});

export function convert(
  { label, device, steps }: Planning,
  from: From,
  to: From,
  count: number,
): void {
  steps.push(...device.halves!.convert(label, device, from, to, count));
}

/** What is kept of chunks or rows. */
function keptRange(planning: Planning, role: 'partials' | 'stats', records: number): BoundRange {
  const size = records * partialBytes(planning);
  const shared = planning.task.segment?.[role];
  if (!shared) reserve(planning, role, size);
  return { role, buffer: shared?.buffer ?? role, offset: 0, size };
}

/** Binds row data, a value of each row, or what all rows share. */
function bindRole(
  planning: Planning,
  block: Block,
  { variant }: RowKernel,
  params: Params,
  role: Exclude<Role, 'partials' | 'stats'>,
  [first, count]: Elements,
): BoundRange {
  const { label, task, device } = planning;
  const bound = (region: Place, first: number, count: number) =>
    bind(label, device, params, role, [region, first, count]);
  if (role === 'y' && block.wide) {
    reserve(planning, 'wide', 4 * count);
    return bound(widePlace(count), 0, count);
  }
  if (role === 'y' && variant.aliased.length > 0) {
    const roles = [role, ...(variant.aliased as DataRole[])];
    return bindTogether(planning, block, params, roles, [first, count]);
  }
  const data = block.data[role as DataRole];
  if (data) return bound(data, first, count);
  const ofAll = { weights: task.weights, mask: task.mask?.region }[role as string];
  const region: Region = ofAll ?? task.values![role as ValueRole]!;
  const shared =
    ofAll ?? (role === 'norm' || (role === 'loss_grad' && params.stride_loss_grad === 0));
  return shared ? bound(region, 0, region.count) : bound(region, block.firstRow, block.rows);
}

/** Binds the output with the roles in its buffer, which are of its own element size. */
function bindTogether(
  { label, device }: Planning,
  { data }: Block,
  params: Params,
  roles: readonly DataRole[],
  [first, count]: Elements,
): BoundRange {
  const { buffer, dtype } = data.y!;
  const unit = bytesPer(dtype);
  const starts = roles.map((role) => data[role]!.byteOffset + first * unit);
  const offset = floorTo(Math.min(...starts), ALIGNMENT);
  const size = bytesOf((Math.max(...starts) - offset) / unit + count, dtype);
  if (size > device.maxBinding) {
    overBinding(label, `out, with ${roles.slice(1).join(', ')} in the same buffer`, size, device);
  }
  roles.forEach((role, i) => {
    params[`offset_${role}`] = (starts[i]! - offset) / unit;
  });
  return { role: 'y', buffer, offset, size };
}
