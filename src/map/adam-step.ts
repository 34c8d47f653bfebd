import adamStep from '../../shaders/training/adam-step.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import type { Plan } from '../gpu/plan';
import type { Region } from '../gpu/region';
import type { ElementMap } from './elements';
import { planStep } from './training-step';

/** A step of Adam, in place. */
export interface AdamTask {
  readonly weight: Region;
  readonly grad: Region;
  readonly m: Region;
  readonly v: Region;
  readonly step: number;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly decoupled: boolean;
}

const uniforms = [
  'beta1',
  'rest1',
  'beta2',
  'rest2',
  'weight_decay',
  'root',
  'epsilon',
  'keep',
  'rate',
];

/** @param decay whether the weight's decay is part of the gradient. */
export const adamStepMap = (decay: boolean): ElementMap => ({
  name: `adam-step${decay ? '-decay' : ''}`,
  source: adamStep,
  constants: { DECAY: decay },
  types: Object.fromEntries(uniforms.map((name) => [name, 'f32'])),
  reads: { grad: 'f32' },
  writes: { weight: 'f32', means: 'f32', squares: 'f32' },
});

/** The dispatches of a step. What is the same for all elements is worked out in float64. */
export function planAdamStep(label: string, task: AdamTask, device: DeviceFacts): Plan {
  const { weight, grad, m, v, step, learningRate, beta1, beta2, epsilon } = task;
  const { weightDecay, decoupled } = task;
  return planStep(
    label,
    device,
    adamStepMap(weightDecay !== 0 && !decoupled),
    { weight, grad, means: m, squares: v },
    {
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      weight_decay: weightDecay,
      root: 1 / Math.sqrt(1 - beta2 ** step),
      epsilon,
      keep: decoupled ? 1 - learningRate * weightDecay : 1,
      rate: learningRate / (1 - beta1 ** step),
    },
  );
}
