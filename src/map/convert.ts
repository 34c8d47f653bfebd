import convert from '../../shaders/ops/convert.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import type { From } from '../gpu/halves';
import { type Dispatch, elementBlocks, type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { type FlatMap, mapFlat } from './flat';

export const convertMap: FlatMap = { name: 'convert', source: convert };

/** Elements of f32 or f16 in the other type; f32 ones are rounded. */
export interface ConvertTask {
  readonly from: Region;
  readonly to: Region;
}

/** The dispatches that convert a region. */
export const planConvert = (label: string, { from, to }: ConvertTask, device: DeviceFacts): Plan =>
  planOf(conversions(label, device, [from, 0], [to, 0], to.count));

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
