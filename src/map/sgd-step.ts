import sgdStep from '../../shaders/training/sgd-step.wgsl';
import type { DeviceFacts } from '../gpu/adapter';
import type { Plan } from '../gpu/plan';
import type { Region } from '../gpu/region';
import type { ElementMap } from './elements';
import { planStep } from './training-step';

/** A step of gradient descent, in place; with a velocity it is by momentum. */
export interface SgdTask {
  readonly weight: Region;
  readonly grad: Region;
  readonly velocity?: Region | undefined;
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

export const sgdStepMap = (momentum: boolean, decay: boolean): ElementMap => ({
  name: `sgd-step${momentum ? '-momentum' : ''}${decay ? '-decay' : ''}`,
  source: sgdStep,
  constants: { MOMENTUM: momentum, DECAY: decay },
  types: { learning_rate: 'f32', momentum: 'f32', weight_decay: 'f32' },
  reads: { grad: 'f32' },
  writes: { weight: 'f32', ...(momentum && { velocity: 'f32' as const }) },
});

/** The dispatches of a step. */
export function planSgdStep(label: string, task: SgdTask, device: DeviceFacts): Plan {
  const { weight, grad, velocity, learningRate, momentum, weightDecay } = task;
  return planStep(
    label,
    device,
    sgdStepMap(velocity !== undefined, weightDecay !== 0),
    { weight, grad, ...(velocity && { velocity }) },
    { learning_rate: learningRate, momentum, weight_decay: weightDecay },
  );
}
