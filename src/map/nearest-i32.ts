import nearestI32 from '../../shaders/training/nearest-i32.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { elementBlocks, type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { type ElementMap, mapElements } from './elements';

/** Integers of 64 bits as the nearest of 32. */
export interface NarrowTask {
  /** Two words each, the low one first. */
  readonly x: Region;
  readonly y: Region;
}

export const nearestI32Map: ElementMap = {
  name: 'nearest-i32',
  source: nearestI32,
  reads: { x: 'u32' },
  writes: { y: 'u32' },
};

/** The dispatches that narrow integers, in blocks that a binding can hold. */
export function planNarrow(label: string, { x, y }: NarrowTask, device: DeviceFacts): Plan {
  const steps = elementBlocks(x.count, device).map(([at, words]) => {
    const count = words / 2;
    const parts = { x: [x, at, words], y: [y, at / 2, count] } as const;
    return mapElements(label, device, nearestI32Map, parts, { count });
  });
  return planOf(steps);
}
