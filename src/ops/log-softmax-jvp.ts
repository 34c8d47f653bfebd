import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { type DerivativeOptions, derivative } from './derivative';

/** `dLogY = s·(dx − Σ exp(logY)·dx)`; see `Softmax.logSoftmaxJvp`. */
export function logSoftmaxJvp(
  engine: Engine,
  logY: GpuTensor,
  dx: GpuTensor,
  options: DerivativeOptions = {},
) {
  return derivative(engine, 'logSoftmaxJvp', 'log-softmax-jvp', ['logY', 'dx'], logY, dx, options);
}
