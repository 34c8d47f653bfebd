import bias from '../../shaders/adjust/bias.wgsl';
import every from '../../shaders/adjust/every.wgsl';
import penalized from '../../shaders/adjust/penalized.wgsl';
import rowsOne from '../../shaders/rows/one.wgsl';
import bits from '../../shaders/shared/bits.wgsl';
import elements from '../../shaders/walks/elements.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import type { Kernel } from '../gpu/kernel';
import {
  ALIGNMENT,
  type Dispatch,
  dispatch,
  elementBlocks,
  gridOf,
  type Plan,
  planOf,
} from '../gpu/plan';
import type { Region } from '../gpu/region';
import { blocksOf } from '../util/blocks';
import { standAlone } from '../wgsl/stand-alone';
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

const WORKGROUP_SIZE = 64;
/** Elements that an invocation takes of all. */
const EACH = 32;

/** What both kernels have alike. */
const kernelOf = (name: string, penalizes: boolean) => ({
  name: `adjust-${name}${penalizes ? '-penalized' : ''}`,
  types,
  constants: { PENALIZES: penalizes },
  writes: { y: 'u32' },
});
const readsOf = (penalizes: boolean) => ({ x: 'u32', ...(penalizes && { counts: 'u32' }) });

/** Takes every element; with penalties, if there are any. */
export const everyKernel = (penalizes: boolean): Kernel =>
  standAlone({
    ...kernelOf('every', penalizes),
    workgroupSize: WORKGROUP_SIZE,
    reads: readsOf(penalizes),
    sources: () => [every, penalized, rowsOne, bits],
  });

/** Takes those of a bias once more. */
export const biasMap = (penalizes: boolean): ElementMap => ({
  ...kernelOf('bias', penalizes),
  source: bias,
  shared: [penalized, elements, rowsOne, bits],
  reads: { ...readsOf(penalizes), classes: 'u32', values: 'u32' },
});

/**
 * The dispatches that adjust logits, in blocks that a binding can hold: every element, then those of
 * the bias once more, from x.
 */
export function planAdjust(label: string, task: AdjustTask, device: DeviceFacts): Plan {
  const { shape, x, y, indices, values, counts, penalties } = task;
  const penalizes = penalties !== undefined;
  const blockOf = (at: number, count: number) => ({
    x: [x, at, count] as const,
    ...(counts && { counts: [counts, at, count] as const }),
    y: [y, at, count] as const,
  });
  const steps: Dispatch[] = elementBlocks(x.count, device).map(([at, count]) => {
    const grid = gridOf(Math.ceil(count / (WORKGROUP_SIZE * EACH)), device);
    const params = { count, ...penalties };
    return dispatch(label, device, everyKernel(penalizes), blockOf(at, count), params, grid, count);
  });
  if (indices && values && x.count > 0) {
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
      const step = mapElements(label, device, biasMap(penalizes), parts, params);
      steps.push({ ...step, elements: step.elements * entries });
    }
  }
  return planOf(steps);
}
