import bias from '../../shaders/adjust/bias.wgsl';
import every from '../../shaders/adjust/every.wgsl';
import penalized from '../../shaders/adjust/penalized.wgsl';
import rowsOne from '../../shaders/rows/one.wgsl';
import bits from '../../shaders/shared/bits.wgsl';
import elements from '../../shaders/walks/elements.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import { ALIGNMENT, elementBlocks, type Plan, planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { blocksOf } from '../util/blocks';
import { type ElementMap, mapElements } from './elements';

/** Logits with a bias and penalties. */
export interface AdjustTask {
  readonly shape: { readonly outer: number; readonly length: number; readonly inner: number };
  readonly x: Region;
  readonly y: Region;
  /** Classes, and what is added to the logits of each. */
  readonly indices?: Region | undefined;
  readonly values?: Region | undefined;
  /** How often each token was seen. */
  readonly counts?: Region | undefined;
  readonly penalties?: PenaltyParams | undefined;
}

/** Uniforms of penalties. */
export interface PenaltyParams {
  readonly repetition: number;
  readonly inverse_repetition: number;
  /** Beyond it a logit times the factor over 1 is over FLT_MAX. */
  readonly repetition_reach: number;
  readonly frequency: number;
  readonly presence: number;
  readonly additive_first: number;
}

const types = {
  repetition: 'f32',
  inverse_repetition: 'f32',
  repetition_reach: 'f32',
  frequency: 'f32',
  presence: 'f32',
} as const;

/** What is done with every element, or with those of a bias once more; with penalties, if there are any. */
export const adjustMap = (of: 'every' | 'bias', penalizes: boolean): ElementMap => ({
  name: `adjust-${of}${penalizes ? '-penalized' : ''}`,
  source: of === 'bias' ? bias : every,
  shared: [penalized, elements, rowsOne, bits],
  types,
  constants: { PENALIZES: penalizes },
  reads: {
    x: 'u32',
    ...(of === 'bias' && { classes: 'u32', values: 'u32' }),
    ...(penalizes && { counts: 'u32' }),
  },
  writes: { y: 'u32' },
});

/**
 * The dispatches that adjust logits, in blocks that a binding can hold: every element, then those of
 * the bias once more, from x.
 */
export function planAdjust(label: string, task: AdjustTask, device: DeviceFacts): Plan {
  const { shape, x, y, indices, values, counts, penalties } = task;
  const mapOf = (of: 'every' | 'bias') => adjustMap(of, penalties !== undefined);
  const blockOf = (at: number, count: number) => ({
    x: [x, at, count] as const,
    ...(counts && { counts: [counts, at, count] as const }),
    y: [y, at, count] as const,
  });
  const steps = elementBlocks(x.count, device).map(([at, count]) =>
    mapElements(label, device, mapOf('every'), blockOf(at, count), { count, ...penalties }),
  );
  if (indices && values) {
    const { outer, length, inner } = shape;
    const entries = indices.count;
    const most = Math.min(
      (device.maxBinding - ALIGNMENT) / (4 * length * inner),
      device.maxElements / (inner * entries ** 2),
    );
    for (const [from, to] of blocksOf(outer, Math.max(1, Math.floor(most)))) {
      const [at, count] = [from * length * inner, (to - from) * length * inner];
      const parts = {
        ...blockOf(at, count),
        classes: [indices, 0, entries],
        values: [values, 0, entries],
      } as const;
      const params = { count: (to - from) * inner * entries, entries, length, inner, ...penalties };
      const step = mapElements(label, device, mapOf('bias'), parts, params);
      steps.push({ ...step, elements: step.elements * entries });
    }
  }
  return planOf(steps);
}
