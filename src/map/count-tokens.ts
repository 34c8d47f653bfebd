import countTokens from '../../shaders/adjust/count-tokens.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { ALIGNMENT, type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { blocksOf } from '../util/blocks';
import { type ElementMap, mapElements } from './elements';

/** Tokens that are counted, or marked as those of a prompt. */
export interface CountTask {
  /** Of rows of `length`. */
  readonly counts: Region;
  readonly length: number;
  readonly rows: number;
  /** As many a row. */
  readonly tokens: Region;
  readonly by: number;
  readonly prompt: boolean;
}

export const countTokensMap = (prompt: boolean): ElementMap => ({
  name: `count-tokens${prompt ? '-prompt' : ''}`,
  source: countTokens,
  constants: { PROMPT: prompt },
  reads: { tokens: 'u32' },
  writes: { counts: 'atomic<u32>' },
});

/** The dispatches that count, in blocks of rows that a binding can hold. */
export function planCountTokens(label: string, task: CountTask, device: DeviceFacts): Plan {
  const { counts, length, rows, tokens, by, prompt } = task;
  const each = tokens.count / rows;
  const most = (device.maxBinding - ALIGNMENT) / (4 * Math.max(length, each));
  const steps = Array.from(blocksOf(rows, Math.max(1, Math.floor(most))), ([from, to]) => {
    const parts = {
      tokens: [tokens, from * each, (to - from) * each],
      counts: [counts, from * length, (to - from) * length],
    } as const;
    const params = { count: (to - from) * each, each, length, by: by >>> 0 };
    return mapElements(label, device, countTokensMap(prompt), parts, params);
  });
  return planOf(steps);
}
