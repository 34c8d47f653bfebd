/** One training step in this library and in others: the same batch, taking turns in one page. */

import { compare } from '../../conformance/compare';
import { normal, Random } from '../../conformance/random';
import { linearCrossEntropy, sgdStep } from '../../src/reference';
import {
  type CompareOptions,
  type Comparison,
  compareLibraries,
  type Libraries,
  largestError,
} from './libraries';
import type { Stepped, StepShape, StepTask } from './step';

const libraries: Libraries<StepTask, Stepped> = {
  'webgpu-softmax': () => import('./step-ours'),
  'jax-js': () => import('./step-jax'),
  'tensorflow.js': () => import('./step-tensorflow'),
};

/** Of the loss and the weights. */
interface StepErrors {
  readonly lossError: number;
  readonly weightError: number;
}

export interface StepResult extends Comparison<StepErrors> {
  readonly shape: StepShape;
}

/** A batch for which the same numbers come whoever asks. */
function taskOf(shape: StepShape): StepTask {
  const { rows, features, classes } = shape;
  const random = new Random(3);
  return {
    shape,
    x: normal(1, rows * features) as Float32Array<ArrayBuffer>,
    weight: normal(2, classes * features, 0.5 / Math.sqrt(features)) as Float32Array<ArrayBuffer>,
    targets: Int32Array.from({ length: rows }, () => random.integer(classes)),
    learningRate: 0.1,
  };
}

/** @throws Error for what a library throws. */
export async function compareSteps(shape: StepShape, options: CompareOptions): Promise<StepResult> {
  const task = taskOf(shape);
  const exact = referenceOf(task);
  const judge = {
    errors: ({ loss, weight }: Stepped): StepErrors => ({
      lossError: Math.abs(loss - exact.loss.data[0]!),
      weightError: largestError(weight, exact.weight.data),
    }),
    failures: ({ loss, weight, bias }: Stepped) =>
      compare(Float32Array.of(loss), exact.loss).failures +
      compare(weight, exact.weight).failures +
      compare(bias, exact.bias).failures,
  };
  return { shape, ...(await compareLibraries(libraries, task, judge, options)) };
}

/** What a step gives in float64, with the error allowed to f32. */
function referenceOf({ x, weight, targets, shape, learningRate }: StepTask) {
  const { rows, features, classes } = shape;
  const w = { data: weight, shape: [classes, features] };
  const { loss, dWeight, dBias } = linearCrossEntropy(
    { data: x, shape: [rows, features] },
    w,
    { data: targets, shape: [rows] },
    { bias: { data: new Float32Array(classes), shape: [classes] } },
  );
  const down = (from: typeof w, gradient: typeof dWeight) => {
    const stepped = sgdStep(from, gradient, { learningRate }).weight;
    const rate = Math.abs(Math.fround(learningRate));
    return { ...stepped, bound: stepped.bound.map((v, i) => v + rate * gradient.bound[i]!) };
  };
  const zeros = { data: new Float32Array(classes), shape: [classes] };
  return { loss, weight: down(w, dWeight), bias: down(zeros, dBias) };
}
