/** One training step in this library and in others: the same batch, taking turns in one page. */

import { compare } from '../../conformance/compare';
import { normal, Random } from '../../conformance/random';
import { linearCrossEntropy, sgdStep } from '../../src/reference';
import { median } from '../measure';
import type { OpenStepper, Stepper, StepShape, StepTask } from './step';
import { timeTurns } from './turns';

const libraries: Readonly<Record<string, () => Promise<{ open: OpenStepper }>>> = {
  'webgpu-softmax': () => import('./step-ours'),
  'jax-js': () => import('./step-jax'),
  'tensorflow.js': () => import('./step-tensorflow'),
};
const [OURS, ...peers] = Object.keys(libraries) as [string, ...string[]];

export interface StepResult {
  readonly shape: StepShape;
  readonly libraries: readonly {
    readonly name: string;
    /** Of a step, median over the rounds, and each of them. */
    readonly milliseconds: number;
    readonly samples: readonly number[];
    /** How far the loss and the weights after the first step are from float64. */
    readonly lossError: number;
    readonly weightError: number;
  }[];
  /** The fastest peer's time as a multiple of ours. */
  readonly advantage: number;
  /** Elements of our loss, weights and bias that are beyond their bounds after a step. */
  readonly failures: number;
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
export async function compareSteps(
  shape: StepShape,
  {
    rounds,
    onProgress,
  }: { rounds: number; onProgress: (step: string, done: number, total: number) => void },
): Promise<StepResult> {
  const task = taskOf(shape);
  const exact = referenceOf(task);
  const steppers: [name: string, stepper: Stepper][] = [];
  const errors = new Map<string, { lossError: number; weightError: number }>();
  let failures = 0;
  const total = (1 + rounds) * (1 + peers.length);
  let done = 0;
  for (const [name, load] of Object.entries(libraries)) {
    onProgress(`first step of ${name}`, done++, total);
    const stepper = await (await load()).open(task);
    stepper.step();
    await stepper.done();
    const { loss, weight, bias } = await stepper.read();
    const off = (a: Float32Array, b: Float64Array) =>
      a.reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i]!)), 0);
    errors.set(name, {
      lossError: Math.abs(loss - exact.loss.data[0]!),
      weightError: off(weight, exact.weight.data),
    });
    if (name === OURS) {
      failures =
        compare(Float32Array.of(loss), exact.loss).failures +
        compare(weight, exact.weight).failures +
        compare(bias, exact.bias).failures;
    }
    steppers.push([name, stepper]);
  }
  const samples = await timeTurns(
    steppers,
    rounds,
    (stepper) => stepper.step(),
    (name) => onProgress(`timing ${name}`, done++, total),
  );
  for (const [, stepper] of steppers) stepper.release();
  const time = (name: string) => median(samples.get(name)!);
  return {
    shape,
    failures,
    advantage: Math.min(...peers.map(time)) / time(OURS),
    libraries: steppers.map(([name]) => ({
      name,
      milliseconds: time(name),
      samples: samples.get(name)!,
      ...errors.get(name)!,
    })),
  };
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
