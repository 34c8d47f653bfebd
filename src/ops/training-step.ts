import { Call, type RecordTarget } from '../engine/call';
import { checkFirst, checkTensor } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { checkNumber, checkShape } from '../util/checks';

/**
 * The call of a training step: f32 tensors of one shape, each in a buffer of its own. All but the gradient
 * are brought forward in place.
 *
 * @param state what is carried from step to step beside the weight, by its argument's name.
 * @throws RangeError for shapes that differ or tensors that share a buffer; TypeError for what is no tensor.
 */
export function stepCall(
  op: string,
  target: RecordTarget,
  weight: GpuTensor,
  grad: GpuTensor,
  state: Readonly<Record<string, GpuTensor>>,
): Call<GpuTensor<'f32'>> {
  checkFirst(op, 'weight', weight, ['f32']);
  const { engine } = weight;
  for (const [name, tensor] of Object.entries({ grad, ...state })) {
    checkTensor(engine, op, name, tensor, ['f32']);
    checkShape(op, name, tensor.shape, weight.shape, "the weight's shape");
  }
  const tensors = { weight, grad, ...state };
  checkApart(op, tensors);
  const inputs = Object.values(tensors).map((region) => ({
    name: 'weight',
    region,
    rowData: false,
  }));
  const call = new Call<GpuTensor<'f32'>>(op, engine, target, inputs);
  call.results.push(weight, ...Object.values(state));
  return call;
}

/** A learning rate, or another factor of either sign. */
export const checkRate = (op: string, name: string, value: unknown) =>
  checkNumber(op, name, value, -3.4e38, 3.4e38, 'a finite f32');

/** λ, 0 or more. */
export const checkDecay = (op: string, value: unknown) =>
  checkNumber(op, 'weightDecay', value, 0, 3.4e38);

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
