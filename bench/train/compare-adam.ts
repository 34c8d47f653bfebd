/** One step of AdamW in this library and in others: the same weights, taking turns in one page. */
import { compare } from '../../conformance/compare';
import { normal } from '../../conformance/random';
import { adamStep } from '../../src/reference';
import type { AdamTask } from './adam-step';
import {
  type CompareOptions,
  type Comparison,
  compareLibraries,
  type Libraries,
  largestError,
} from './libraries';

const libraries: Libraries<AdamTask, Float32Array> = {
  'webgpu-softmax': () => import('./adam-ours'),
  'jax-js': () => import('./adam-jax'),
  'tensorflow.js': () => import('./adam-tensorflow'),
};

export interface AdamResult extends Comparison<{ readonly weightError: number }> {
  /** Weights. */
  readonly count: number;
}

/** @throws Error for what a library throws. */
export async function compareAdam(count: number, options: CompareOptions): Promise<AdamResult> {
  const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
  const [weight, grad] = [normal(1, count), normal(2, count)] as [Floats, Floats];
  const host = (data: Float32Array) => ({ data, shape: [count] });
  const [m, v] = [host(new Float32Array(count)), host(new Float32Array(count))];
  const exact = adamStep(host(weight), host(grad), { m, v, step: 1, ...rates }).weight;
  const judge = {
    errors: (stepped: Float32Array) => ({ weightError: largestError(stepped, exact.data) }),
    failures: (stepped: Float32Array) => compare(stepped, exact).failures,
  };
  const task = { weight, grad, ...rates };
  return { count, ...(await compareLibraries(libraries, task, judge, options)) };
}

type Floats = Float32Array<ArrayBuffer>;
