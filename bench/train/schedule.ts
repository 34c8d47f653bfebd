/** Which images a training takes, and how far it goes: the same for the GPU and for float64. */
import { Random } from '../../conformance/random';

/** How softmax regression is trained. */
export interface Settings {
  /** Images of a batch. */
  readonly batch: number;
  readonly learningRate: number;
  readonly momentum: number;
  readonly seed: number;
}

export const settings: Settings = { batch: 250, learningRate: 0.03, momentum: 0.9, seed: 1 };

/** Of a whole training. */
export const EPOCHS = 20;

/** Batches of shuffled images: every image once an epoch. Batch number i is the same whoever asks. */
export class Batches {
  readonly perEpoch: number;
  private readonly order: Uint32Array<ArrayBuffer>;
  private epoch = -1;

  constructor(
    count: number,
    private readonly batch: number,
    private readonly seed: number,
  ) {
    this.perEpoch = Math.floor(count / batch);
    this.order = new Uint32Array(count);
  }

  /** The numbers of a step's images, until the next call. */
  at(step: number): Uint32Array<ArrayBuffer> {
    const epoch = Math.floor(step / this.perEpoch);
    if (epoch !== this.epoch) this.shuffle(epoch);
    const first = (step % this.perEpoch) * this.batch;
    return this.order.subarray(first, first + this.batch);
  }

  private shuffle(epoch: number): void {
    const { order } = this;
    const random = new Random(this.seed + epoch);
    for (let i = 0; i < order.length; i++) order[i] = i;
    for (let i = order.length - 1; i > 0; i--) {
      const j = random.integer(i + 1);
      const taken = order[i]!;
      order[i] = order[j]!;
      order[j] = taken;
    }
    this.epoch = epoch;
  }
}

/** The learning rate falls to 0 over the steps, so that the last ones settle. */
export const rateAt = (learningRate: number, step: number, steps: number): number =>
  learningRate * (1 - step / steps);
