import { type HostElements, type Region, standIn } from '../gpu/region';
import type { RowTask } from '../rows/plan';
import {
  type JacobianTask,
  type Plan,
  type PlanDevice,
  planConvert,
  planJacobian,
  planRows,
  rowsOfNothing,
} from '../rows/plan';
import type { AnyVariant } from '../rows/variant';
import { planSelect, type SelectTask } from '../select/plan';
import type { Kernel } from './pipelines';
import type { Recording } from './recorder';

/**
 * Plans calls as a `Recorder` does, on tensors that need not exist, and notes which kernels they
 * take. Nothing reaches the GPU.
 */
export class Rehearsal implements Recording {
  readonly kernels: Kernel[] = [];
  readonly results = [];
  once = false;
  label = '';

  constructor(readonly device: PlanDevice) {}

  scratch(count: number): Region {
    return { buffer: standIn(4 * count), byteOffset: 0, dtype: 'f32', count };
  }

  upload({ dtype, count }: HostElements): Region {
    return { ...this.scratch(count), dtype };
  }

  rows(given: RowTask): void {
    const task = given.shape.length > 0 ? given : rowsOfNothing(given, this.scratch(4));
    this.add(planRows(this.label, task, this.device));
  }

  select(task: SelectTask): void {
    this.add(planSelect(this.label, task, this.device));
  }

  jacobian(task: JacobianTask): void {
    this.add(planJacobian(this.label, task, this.device));
  }

  plan<T extends object>(
    planner: (label: string, task: T, device: PlanDevice) => Plan,
    task: T,
  ): void {
    this.add(planner(this.label, task, this.device));
  }

  move(from: Region, to: Region): void {
    if (to.dtype !== from.dtype) this.add(planConvert(this.label, { from, to }, this.device));
  }

  private add({ steps }: Plan<AnyVariant>): void {
    for (const step of steps) {
      if (step.kind === 'dispatch') this.kernels.push(step.variant);
      if (step.kind === 'stand-alone') this.kernels.push(step.kernel);
    }
  }
}
