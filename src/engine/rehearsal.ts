import type { Kernel } from '../gpu/kernel';
import type { Plan } from '../gpu/plan';
import { type HostElements, type Region, standIn } from '../gpu/region';
import { planConvert } from '../map/convert';
import type { PlanDevice } from '../rows/plan';
import type { Recording } from './recorder';

/**
 * Plans calls as a `Recorder` does, on tensors that need not exist, and notes which kernels they
 * take. Nothing reaches the GPU.
 */
export class Rehearsal implements Recording {
  readonly kernels: Kernel[] = [];
  readonly results = [];
  once = false;
  /** Whether `precision: 'high'` is asked for. */
  high = false;
  label = '';

  constructor(readonly device: PlanDevice) {}

  scratch(count: number): Region {
    return { buffer: standIn(4 * count), byteOffset: 0, dtype: 'f32', count };
  }

  upload({ dtype, count }: HostElements): Region {
    return { ...this.scratch(count), dtype };
  }

  plan<T extends object>(
    planner: (label: string, task: T, device: PlanDevice) => Plan,
    task: T,
  ): void {
    this.high ||= (task as { precision?: string }).precision === 'high';
    this.add(planner(this.label, task, this.device));
  }

  move(from: Region, to: Region): void {
    if (to.dtype !== from.dtype) this.add(planConvert(this.label, { from, to }, this.device));
  }

  private add({ steps }: Plan): void {
    for (const step of steps) if (step.kind === 'dispatch') this.kernels.push(step.kernel);
  }
}
