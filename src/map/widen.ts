import wordsOfI32 from '../../shaders/sampler/words-of-i32.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { elementBlocks, type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { type ElementMap, mapElements } from './elements';

/** Integers of 32 bits as those of 64. */
export interface WidenTask {
  readonly x: Region;
  /** Two words each, the low one first. */
  readonly y: Region;
}

export const wordsOfI32Map: ElementMap = {
  name: 'words-of-i32',
  source: wordsOfI32,
  reads: { x: 'u32' },
  writes: { y: 'u32' },
};

/** The dispatches that widen integers, in blocks that a binding can hold. */
export function planWiden(label: string, { x, y }: WidenTask, device: DeviceFacts): Plan {
  const steps = elementBlocks(y.count, device).map(([at, words]) => {
    const count = words / 2;
    const parts = { x: [x, at / 2, count], y: [y, at, words] } as const;
    return mapElements(label, device, wordsOfI32Map, parts, { count });
  });
  return planOf(steps);
}
