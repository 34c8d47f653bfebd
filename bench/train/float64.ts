/** The same training on the CPU in float64, in plain loops; and what a model makes of images. */
import { CLASSES, type Images, PIXELS } from './images';
import { Batches, type Settings } from './schedule';

const K = CLASSES.length;

/** Weights [CLASSES, PIXELS] and bias [CLASSES]. */
export interface Model {
  readonly weight: Float32Array | Float64Array;
  readonly bias: Float32Array | Float64Array;
}

/** Fills in the logits of an image. */
function logitsOf({ weight, bias }: Model, images: Images, image: number, out: Float64Array): void {
  const { pixels } = images;
  const start = image * PIXELS;
  for (let k = 0; k < K; k++) {
    let sum = bias[k]!;
    for (let d = 0, w = k * PIXELS; d < PIXELS; d++, w++) sum += pixels[start + d]! * weight[w]!;
    out[k] = sum;
  }
}

/** The class that a model gives each image. */
export function predict(model: Model, images: Images): Uint8Array {
  const logits = new Float64Array(K);
  return Uint8Array.from({ length: images.count }, (_, image) => {
    logitsOf(model, images, image, logits);
    return logits.indexOf(Math.max(...logits));
  });
}

/** The share of images that are given their class. */
export function accuracyOf(predictions: Uint8Array, { labels, count }: Images): number {
  let right = 0;
  for (let i = 0; i < count; i++) right += Number(predictions[i] === labels[i]);
  return right / count;
}

export class Float64Trainer {
  step = 0;
  readonly model = { weight: new Float64Array(K * PIXELS), bias: new Float64Array(K) };
  private readonly velocity = { weight: new Float64Array(K * PIXELS), bias: new Float64Array(K) };
  private readonly gradient = { weight: new Float64Array(K * PIXELS), bias: new Float64Array(K) };
  private readonly batches: Batches;
  private readonly p = new Float64Array(K);

  constructor(
    private readonly images: Images,
    private readonly settings: Settings,
  ) {
    this.batches = new Batches(images.count, settings.batch, settings.seed);
  }

  /** Takes a step; gives the mean loss of its batch, before it. */
  advance(learningRate: number): number {
    const { images, model, velocity, gradient, p } = this;
    const rows = this.batches.at(this.step++);
    gradient.weight.fill(0);
    gradient.bias.fill(0);
    let loss = 0;
    for (const row of rows) {
      logitsOf(model, images, row, p);
      const label = images.labels[row]!;
      const max = Math.max(...p);
      const target = p[label]!;
      let sum = 0;
      for (let k = 0; k < K; k++) {
        p[k] = Math.exp(p[k]! - max);
        sum += p[k]!;
      }
      loss += Math.log(sum) + max - target;
      for (let k = 0; k < K; k++) {
        const g = (p[k]! / sum - Number(k === label)) / rows.length;
        gradient.bias[k]! += g;
        const start = row * PIXELS;
        for (let d = 0, w = k * PIXELS; d < PIXELS; d++, w++) {
          gradient.weight[w]! += g * images.pixels[start + d]!;
        }
      }
    }
    // The GPU takes both as f32.
    const rate = Math.fround(learningRate);
    const momentum = Math.fround(this.settings.momentum);
    for (const name of ['weight', 'bias'] as const) {
      const [w, v, g] = [model[name], velocity[name], gradient[name]];
      for (let i = 0; i < w.length; i++) {
        v[i] = momentum * v[i]! + g[i]!;
        w[i]! -= rate * v[i]!;
      }
    }
    return loss / rows.length;
  }
}
