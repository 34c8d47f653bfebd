/** Trains on the GPU and in float64 on the CPU, from the same start and on the same batches. */
import type { Engine } from '../../src';
import { accuracyOf, Float64Trainer, predict } from './float64';
import type { DataSet } from './images';
import { rateAt, type Settings } from './schedule';
import { type Snapshot, Trainer } from './trainer';

/** Steps whose losses are compared. */
const COMPARED = 200;
/** Steps between two looks at the losses. */
const REPORT = 50;

export interface Learned {
  /** Images. */
  readonly train: number;
  readonly test: number;
  readonly steps: number;
  readonly epochs: number;
  readonly settings: Settings;
  /** Mean loss over the last epoch, on the GPU. */
  readonly loss: number;
  /** Shares of the test images that are given their class. */
  readonly accuracy: number;
  readonly float64Accuracy: number;
  /** The largest relative difference of a step's loss from float64's, over the first steps. */
  readonly lossDifference: number;
  readonly comparedSteps: number;
  /** Whether a training continued from saved weights has the same bits as one that went through. */
  readonly resumes: boolean;
  readonly imagesPerSecond: number;
  readonly float64ImagesPerSecond: number;
}

export interface LearnOptions {
  readonly epochs: number;
  readonly settings: Settings;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

/** @throws Error if the GPU fails. */
export async function learn(
  engine: Engine,
  { train, test }: DataSet,
  { epochs, settings, onProgress }: LearnOptions,
): Promise<Learned> {
  const resumes = await resumesExactly(engine, train, settings);
  const trainer = new Trainer(engine, train, settings);
  const steps = epochs * trainer.stepsPerEpoch;
  const rate = (step: number) => rateAt(settings.learningRate, step, steps);
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const losses: number[] = [];
  let milliseconds = 0;
  let accuracy = 0;
  // The last epoch whose weights were tried on the test images.
  let judged = 0;
  while (trainer.step < steps) {
    const end = Math.min(trainer.step + REPORT, steps);
    const start = performance.now();
    while (trainer.step < end) trainer.advance(rate(trainer.step));
    losses.push(...(await trainer.losses()));
    milliseconds += performance.now() - start;
    const epoch = Math.floor(end / trainer.stepsPerEpoch);
    if (epoch > judged) {
      accuracy = accuracyOf(predict(await trainer.snapshot(), test), test);
      judged = epoch;
    }
    onProgress(`GPU: loss ${losses.at(-1)!.toFixed(4)}, accuracy ${percent(accuracy)}`, end, steps);
  }
  trainer.destroy();

  const exact = new Float64Trainer(train, settings);
  const start = performance.now();
  let lossDifference = 0;
  while (exact.step < steps) {
    const { step } = exact;
    const loss = exact.advance(rate(step));
    if (step < COMPARED) {
      lossDifference = Math.max(lossDifference, Math.abs(losses[step]! / loss - 1));
    }
    if (step % REPORT === 0) {
      onProgress(`float64: loss ${loss.toFixed(4)}`, step, steps);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const perSecond = (ms: number) => (1000 * steps * settings.batch) / ms;
  const last = losses.slice(-trainer.stepsPerEpoch);
  return {
    train: train.count,
    test: test.count,
    steps,
    epochs,
    settings,
    loss: last.reduce((a, b) => a + b, 0) / last.length,
    accuracy,
    float64Accuracy: accuracyOf(predict(exact.model, test), test),
    lossDifference,
    comparedSteps: Math.min(COMPARED, steps),
    resumes,
    imagesPerSecond: perSecond(milliseconds),
    float64ImagesPerSecond: perSecond(performance.now() - start),
  };
}

/** Takes steps in one go, and the same with weights that were saved half way. */
async function resumesExactly(
  engine: Engine,
  images: DataSet['train'],
  settings: Settings,
): Promise<boolean> {
  const run = async (trainer: Trainer, until: number): Promise<Snapshot> => {
    while (trainer.step < until) trainer.advance(settings.learningRate);
    return trainer.snapshot();
  };
  const through = new Trainer(engine, images, settings);
  const saved = await run(through, 5);
  const expected = await run(through, 12);
  through.destroy();
  const continued = new Trainer(engine, images, settings, saved);
  const actual = await run(continued, 12);
  continued.destroy();
  return sameBits(actual, expected);
}

/** Whether two snapshots have the same bits. */
function sameBits(a: Snapshot, b: Snapshot): boolean {
  const names = ['weight', 'bias', 'weightVelocity', 'biasVelocity'] as const;
  return (
    a.step === b.step &&
    names.every((name) => {
      const [x, y] = [new Uint32Array(a[name].buffer), new Uint32Array(b[name].buffer)];
      return x.length === y.length && x.every((bits, i) => bits === y[i]);
    })
  );
}
