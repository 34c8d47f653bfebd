import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import type { KernelOpName } from '../rows/kernel-ops';
import {
  type CommonOptions,
  checkCommon,
  checkFirst,
  checkShape,
  checkTensor,
  resultDTypes,
  rowsOf,
  type ScaleOptions,
  scaleParams,
} from './arguments';
import { outputOf } from './output';

/** Options of the derivatives that take a result and an upstream gradient or a tangent. */
export interface DerivativeOptions extends CommonOptions, ScaleOptions {
  /** Write the result here; may be either input itself. */
  out?: GpuTensor;
}

/** A VJP or JVP from two tensors of one shape: the forward result, and what is pushed through. */
export function derivative(
  op: string,
  kernel: KernelOpName & ('softmax-vjp' | 'log-softmax-vjp' | 'log-softmax-jvp'),
  names: readonly [result: string, pushed: string],
  result: GpuTensor,
  pushed: GpuTensor,
  options: DerivativeOptions,
): GpuTensor<FloatDType> {
  const target = checkCommon(op, options);
  checkFirst(op, names[0], result, floatDTypes);
  const { engine } = result;
  checkTensor(engine, op, names[1], pushed, floatDTypes);
  checkShape(op, names[1], pushed.shape, result.shape, `the shape of ${names[0]}`);
  const rows = rowsOf(op, result, options);
  const params = scaleParams(op, options);
  const inputs = [
    { name: names[0], region: result, rowData: true },
    { name: names[1], region: pushed, rowData: true },
  ];
  return engine.record(op, target, inputs, (recorder) => {
    const out = outputOf(
      engine,
      op,
      'out',
      options.out,
      result.shape,
      resultDTypes(result.dtype),
      inputs,
      true,
      recorder,
    );
    recorder.rows({
      op: kernel,
      shape: rows,
      data: { x: result, v: pushed, y: out.region },
      params,
      regime: options.regime,
    });
    out.finish(recorder);
    return out.tensor;
  });
}
