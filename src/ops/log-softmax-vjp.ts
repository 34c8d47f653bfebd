import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { type DerivativeOptions, derivative } from './derivative';

/** `dx = s·(dLogY − exp(logY)·Σ dLogY)`; see `Softmax.logSoftmaxVjp`. */
export function logSoftmaxVjp(
  engine: Engine,
  logY: GpuTensor,
  dLogY: GpuTensor,
  options: DerivativeOptions = {},
) {
  const names = ['logY', 'dLogY'] as const;
  return derivative(engine, 'logSoftmaxVjp', 'log-softmax-vjp', names, logY, dLogY, options);
}
