import { Call } from '../engine/call';
import { checkFirst, checkTensor } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { planSgdStep } from '../map/training';
import { checkNumber, checkShape } from '../util/checks';
import { wrongKind } from '../util/words';
import { type CommonOptions, targetOf } from './common';

/** Options of a step of gradient descent. */
export interface SgdStepOptions extends Pick<CommonOptions, 'encoder' | 'pass'> {
  /** α, a finite f32. */
  learningRate: number;
  /** μ in 0 … 1; default 0. It needs `velocity`. */
  momentum?: number;
  /** v, f32 of the weight's shape: zeros before the first step, and brought forward in place. */
  velocity?: GpuTensor;
}

/**
 * A step of gradient descent in place, `W ← W − α·dW`; with momentum `v ← μ·v + dW`, `W ← W − α·v`.
 * f32 tensors of one shape, each in a buffer of its own.
 *
 * ```ts
 * const weight = engine.tensor([1, 2], [2]);
 * const grad = engine.tensor([0.5, -0.5], [2]);
 * console.log(await sgdStep(weight, grad, { learningRate: 0.1 }).read()); // 0.9500, 2.0500
 * ```
 *
 * @returns the weight.
 * @throws RangeError for shapes that differ or share a buffer, and a rate or a momentum that is out of
 * range; TypeError for momentum without a velocity.
 */
export function sgdStep(
  weight: GpuTensor,
  grad: GpuTensor,
  options: SgdStepOptions,
): GpuTensor<'f32'> {
  const op = 'sgdStep';
  const target = targetOf(op, options);
  const { learningRate, momentum = 0, velocity } = options;
  checkFirst(op, 'weight', weight, ['f32']);
  const { engine } = weight;
  checkTensor(engine, op, 'grad', grad, ['f32']);
  checkShape(op, 'grad', grad.shape, weight.shape, "the weight's shape");
  checkNumber(op, 'learningRate', learningRate, -3.4e38, 3.4e38, 'a finite f32');
  checkNumber(op, 'momentum', momentum, 0, 1);
  if (velocity !== undefined) {
    checkTensor(engine, op, 'velocity', velocity, ['f32']);
    checkShape(op, 'velocity', velocity.shape, weight.shape, "the weight's shape");
  } else if (momentum !== 0) {
    const may = `a GpuTensor (of zeros to begin with) for momentum ${momentum}`;
    wrongKind(op, 'velocity', may, 'undefined');
  }
  checkApart(op, { weight, grad, ...(velocity && { velocity }) });
  const tensors = [weight, grad, ...(velocity ? [velocity] : [])];
  const inputs = tensors.map((region) => ({ name: 'weight', region, rowData: false }));
  const call = new Call<GpuTensor<'f32'>>(op, engine, target, inputs);
  call.results.push(weight, ...(velocity ? [velocity] : []));
  call.add(planSgdStep, { weight, grad, velocity, learningRate, momentum });
  return weight.engine.execute(call.giving(weight));
}

/** WebGPU lets no dispatch write one part of a buffer and bind another. */
function checkApart(op: string, tensors: Readonly<Record<string, GpuTensor>>): void {
  const entries = Object.entries(tensors);
  entries.forEach(([name, { buffer }], i) => {
    const other = entries.slice(0, i).find(([, before]) => before.buffer === buffer);
    if (other) {
      throw new RangeError(
        `${op}: ${name} is in the same buffer as ${other[0]}; give it a buffer of its own`,
      );
    }
  });
}
