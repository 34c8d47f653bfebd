/** What training came to, as text. */
import colors from 'picocolors';
import { formatInteger } from '../shapes';
import type { StepResult } from './compare';
import type { AdamResult } from './compare-adam';
import type { LayerResult } from './layer';
import type { Learned } from './learn';
import type { StepShape } from './step';

export interface Training {
  readonly learned: Learned;
  readonly steps: readonly StepResult[];
  readonly adam: AdamResult;
  readonly layer: LayerResult;
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
const MEGABYTE = 2 ** 20;

/** How far the accuracies may be apart, and the losses relative to each other. */
const ACCURACY = 0.002;
const LOSS = 1e-4;
/** What the whole set must reach; and how much longer blocks may take than logits held whole. */
const LEAST_ACCURACY = 0.84;
const SLOWER = 1.05;
/** Beyond inputs and outputs. */
const MOST_BYTES = 64 * MEGABYTE;

/** Whether these are all images of the data set, trained to the end. */
const isWhole = ({ train, epochs }: Learned) => train >= 60_000 && epochs >= 20;

export const stepTitle = ({ rows, features, classes }: StepShape): string =>
  `N = ${formatInteger(rows)}, D = ${formatInteger(features)}, K = ${formatInteger(classes)}`;

export function formatLearned(learned: Learned): string {
  const { train, test, steps, epochs, settings } = learned;
  const rate = (n: number) => `${formatInteger(Math.round(n))} images/s`;
  const resumes = learned.resumes
    ? 'continues bit for bit'
    : colors.red('does not continue bit for bit');
  return [
    colors.bold('Softmax regression on Fashion-MNIST'),
    `  images         ${formatInteger(train)} to learn from, ${formatInteger(test)} to be tried on; ` +
      `${formatInteger(steps)} steps (${epochs} epochs) of ${settings.batch}`,
    `  accuracy       ${percent(learned.accuracy)}; ${percent(learned.float64Accuracy)} in float64 on the CPU`,
    `  loss           ${learned.loss.toFixed(4)} in the last epoch; the curves of the first ` +
      `${learned.comparedSteps} steps differ by ${learned.lossDifference.toExponential(1)} at most`,
    `  speed          ${rate(learned.imagesPerSecond)}; ${rate(learned.float64ImagesPerSecond)} in float64 on the CPU`,
    `  saved weights  training ${resumes}`,
  ].join('\n');
}

export function formatSteps({ shape, libraries, advantage, failures }: StepResult): string {
  const width = Math.max(...libraries.map(({ name }) => name.length));
  return [
    colors.bold(`A training step, ${stepTitle(shape)}`),
    ...libraries.map(
      ({ name, milliseconds, lossError, weightError }) =>
        `  ${name.padEnd(width)}  ${milliseconds.toFixed(1).padStart(9)} ms   off float64 by ` +
        `${lossError.toExponential(1)} in the loss, ${weightError.toExponential(1)} in a weight`,
    ),
    summaryOf(advantage, failures),
  ].join('\n');
}

export function formatAdam({ count, libraries, advantage, failures }: AdamResult): string {
  const width = Math.max(...libraries.map(({ name }) => name.length));
  return [
    colors.bold(`A step of AdamW, ${formatInteger(count)} weights`),
    ...libraries.map(
      ({ name, milliseconds, weightError }) =>
        `  ${name.padEnd(width)}  ${milliseconds.toFixed(1).padStart(9)} ms   off float64 by ` +
        `${weightError.toExponential(1)} in a weight`,
    ),
    summaryOf(advantage, failures),
  ].join('\n');
}

const summaryOf = (advantage: number, failures: number) =>
  `  ${advantage.toFixed(1)} × faster than the best of the others; ` +
  (failures === 0
    ? 'all of ours within the bounds'
    : colors.red(`${formatInteger(failures)} of ours beyond their bounds`));

export function formatLayer(layer: LayerResult): string {
  const { rows, features, classes, peakBytes, logitsBytes, milliseconds } = layer;
  const { wholeMilliseconds, ratio } = layer;
  const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(1)} MiB`;
  const whole =
    ratio === null
      ? 'the device has no room for them whole'
      : `${ratio.toFixed(3)} of that with logits held whole (${wholeMilliseconds!.toFixed(0)} ms), the median of neighbouring runs`;
  return [
    colors.bold(`Logits in blocks, ${stepTitle({ rows, features, classes })}`),
    `  memory   ${megabytes(peakBytes)} beyond inputs and outputs; the logits alone are ${megabytes(logitsBytes)}`,
    `  time     ${milliseconds.toFixed(0)} ms, ${whole}`,
    `  checked  ${layer.checkedRows} rows of dX, ` +
      (layer.failures === 0 ? 'all within their bounds' : colors.red('beyond their bounds')),
  ].join('\n');
}

/** What is not as it should be, one line each. */
export function trainingFailures({ learned, steps, adam, layer }: Training): string[] {
  const failures: string[] = [];
  const check = (ok: boolean, text: string) => {
    if (!ok) failures.push(`train: ${text}`);
  };
  const { accuracy, float64Accuracy, lossDifference, resumes } = learned;
  check(
    Math.abs(accuracy - float64Accuracy) <= ACCURACY,
    `accuracy is ${percent(accuracy)}, in float64 ${percent(float64Accuracy)}`,
  );
  check(lossDifference < LOSS, `a loss differs from float64's by ${lossDifference}`);
  check(resumes, 'saved weights do not continue bit for bit');
  check(
    !isWhole(learned) || accuracy >= LEAST_ACCURACY,
    `accuracy is ${percent(accuracy)} on the whole set; it should be ${percent(LEAST_ACCURACY)}`,
  );
  for (const result of steps) {
    check(result.failures === 0, `${stepTitle(result.shape)}: results are beyond their bounds`);
  }
  check(adam.failures === 0, 'weights after a step of AdamW are beyond their bounds');
  check(layer.failures === 0, 'rows of a large layer are beyond their bounds');
  check(layer.peakBytes < MOST_BYTES, `a large layer took ${layer.peakBytes} bytes of scratch`);
  check(
    layer.ratio === null || layer.ratio <= SLOWER,
    `a large layer took ${layer.ratio} of the time with logits held whole`,
  );
  return failures;
}
