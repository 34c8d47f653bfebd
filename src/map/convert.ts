import convert from '../../shaders/ops/convert.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { type Dispatch, elementBlocks, type Place, type Plan, planOf } from '../gpu/plan';
import { bytesOf, type Region } from '../gpu/region';
import { type FlatMap, mapFlat } from './flat';

export const convertMap: FlatMap = { name: 'convert', source: convert };

/** Elements of f32 or f16 in the other type; f32 ones are rounded. */
export interface ConvertTask {
  readonly from: Region;
  readonly to: Region;
}

/** What moves elements to where they were asked for: a copy, or a conversion where the types differ. */
export function planMove(label: string, task: ConvertTask, device: DeviceFacts): Plan {
  const { from, to } = task;
  if (to.dtype !== from.dtype) return planConvert(label, task, device);
  const offsets = [[from.byteOffset, to.byteOffset]] as const;
  const size = bytesOf(to.count, to.dtype);
  return planOf([{ kind: 'copies', from: from.buffer, to: to.buffer, size, offsets }]);
}

/** The dispatches that convert a region. */
export const planConvert = (label: string, { from, to }: ConvertTask, device: DeviceFacts): Plan =>
  planOf(conversions(label, device, [from, 0], [to, 0], to.count));

/** A region, and the first of some elements of it. */
export type From = readonly [region: Place, first: number];

/** The dispatches that convert `count` elements, from one on in each region. */
export function conversions(
  label: string,
  device: DeviceFacts,
  [from, x]: From,
  [to, y]: From,
  count: number,
): Dispatch[] {
  return elementBlocks(count, device).map(([start, n]) =>
    mapFlat(label, device, convertMap, {}, [
      [from, x + start, n],
      [to, y + start, n],
    ]),
  );
}
