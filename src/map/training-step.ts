import type { DeviceFacts } from '../gpu/adapter';
import { elementBlocks, type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { type ElementMap, mapElements } from './elements';

/**
 * The dispatches of a training step, element by element on tensors of one size, in blocks that a
 * binding can hold.
 */
export function planStep(
  label: string,
  device: DeviceFacts,
  map: ElementMap,
  tensors: Readonly<Record<string, Region>>,
  params: object,
): Plan {
  const [{ count }] = Object.values(tensors) as [Region];
  const steps = elementBlocks(count, device).map(([at, n]) => {
    const parts = Object.entries(tensors).map(([role, region]) => [role, [region, at, n]]);
    return mapElements(label, device, map, Object.fromEntries(parts), { count: n, ...params });
  });
  return planOf(steps);
}
