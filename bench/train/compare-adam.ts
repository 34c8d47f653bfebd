/** One step of AdamW in this library and in others: the same weights, taking turns in one page. */
import { compare } from '../../conformance/compare';
import { normal } from '../../conformance/random';
import { adamStep } from '../../src/reference';
import { median } from '../measure';
import type { AdamStepper, AdamTask, OpenAdam } from './adam-step';
import { timeTurns } from './turns';

const libraries: Readonly<Record<string, () => Promise<{ open: OpenAdam }>>> = {
  'webgpu-softmax': () => import('./adam-ours'),
  'jax-js': () => import('./adam-jax'),
  'tensorflow.js': () => import('./adam-tensorflow'),
};
const [OURS, ...peers] = Object.keys(libraries) as [string, ...string[]];

export interface AdamResult {
  /** Weights. */
  readonly count: number;
  readonly libraries: readonly {
    readonly name: string;
    /** Of a step, median over the rounds, and each of them. */
    readonly milliseconds: number;
    readonly samples: readonly number[];
    /** How far a weight is from float64 after the first step. */
    readonly weightError: number;
  }[];
  /** The fastest peer's time as a multiple of ours. */
  readonly advantage: number;
  /** Our weights that are beyond their bounds after the first step. */
  readonly failures: number;
}

/** @throws Error for what a library throws. */
export async function compareAdam(
  count: number,
  {
    rounds,
    onProgress,
  }: { rounds: number; onProgress: (step: string, done: number, total: number) => void },
): Promise<AdamResult> {
  const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
  const [weight, grad] = [normal(1, count), normal(2, count)] as Float32Array<ArrayBuffer>[];
  const task: AdamTask = { weight: weight!, grad: grad!, ...rates };
  const host = (data: Float32Array) => ({ data, shape: [count] });
  const [m, v] = [host(new Float32Array(count)), host(new Float32Array(count))];
  const exact = adamStep(host(weight!), host(grad!), { m, v, step: 1, ...rates }).weight;
  const steppers: [name: string, stepper: AdamStepper][] = [];
  const weightErrors = new Map<string, number>();
  let failures = 0;
  const total = (1 + rounds) * (1 + peers.length);
  let done = 0;
  for (const [name, load] of Object.entries(libraries)) {
    onProgress(`first step of ${name}`, done++, total);
    const stepper = await (await load()).open(task);
    stepper.step(1);
    await stepper.done();
    const stepped = await stepper.read();
    const off = (worst: number, w: number, i: number) =>
      Math.max(worst, Math.abs(w - exact.data[i]!));
    weightErrors.set(name, stepped.reduce(off, 0));
    if (name === OURS) failures = compare(stepped, exact).failures;
    steppers.push([name, stepper]);
  }
  const samples = await timeTurns(
    steppers,
    rounds,
    (stepper, round) => stepper.step(2 + round),
    (name) => onProgress(`timing ${name}`, done++, total),
  );
  for (const [, stepper] of steppers) stepper.release();
  const time = (name: string) => median(samples.get(name)!);
  return {
    count,
    failures,
    advantage: Math.min(...peers.map(time)) / time(OURS),
    libraries: steppers.map(([name]) => ({
      name,
      milliseconds: time(name),
      samples: samples.get(name)!,
      weightError: weightErrors.get(name)!,
    })),
  };
}
