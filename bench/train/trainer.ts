/** Softmax regression on the GPU: the images are uploaded once, and batches named by their numbers. */
import { type Engine, type GpuTensor, linearCrossEntropy, sgdStep } from '../../src/index';
import { CLASSES, type Images, PIXELS } from './images';
import { Batches, type Settings } from './schedule';

/** All that a training continues from. */
export interface Snapshot {
  /** Steps taken. */
  readonly step: number;
  /** [CLASSES, PIXELS], [CLASSES], and the velocities of both. */
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
  readonly weightVelocity: Float32Array<ArrayBuffer>;
  readonly biasVelocity: Float32Array<ArrayBuffer>;
}

/** Losses that are kept until they are read. */
const CURVE = 256;

const K = CLASSES.length;

type Name = Exclude<keyof Snapshot, 'step'>;
const shapes: Readonly<Record<Name, readonly number[]>> = {
  weight: [K, PIXELS],
  bias: [K],
  weightVelocity: [K, PIXELS],
  biasVelocity: [K],
};
const names = Object.keys(shapes) as Name[];

/** Zeros to start from. */
export const untrained = (): Snapshot => ({
  step: 0,
  ...(Object.fromEntries(
    names.map((name) => [name, new Float32Array(shapes[name].reduce((a, b) => a * b, 1))]),
  ) as Record<Name, Float32Array<ArrayBuffer>>),
});

export class Trainer {
  /** Steps taken. */
  step = 0;
  private readonly batches: Batches;
  private readonly pixels: GpuTensor<'f32'>;
  private readonly labels: GpuTensor<'i32'>;
  private readonly rows: GpuTensor<'u32'>;
  private readonly state: Record<Name, GpuTensor<'f32'>>;
  private readonly out: Record<'loss' | 'dWeight' | 'dBias', GpuTensor<'f32'>>;
  private readonly curve: GpuTensor<'f32'>;
  /** Losses in `curve`. */
  private kept = 0;

  constructor(
    private readonly engine: Engine,
    images: Images,
    private readonly settings: Settings,
    from: Snapshot = untrained(),
  ) {
    const { batch, seed } = settings;
    const zeros = (...shape: number[]) =>
      engine.tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
    this.batches = new Batches(images.count, batch, seed);
    this.pixels = engine.tensor(images.pixels, [images.count, PIXELS]);
    this.labels = engine.tensor(images.labels, [images.count]);
    this.rows = engine.tensor(new Uint32Array(batch), [batch]);
    this.state = Object.fromEntries(
      names.map((name) => [name, engine.tensor(from[name], shapes[name])]),
    ) as Record<Name, GpuTensor<'f32'>>;
    this.out = { loss: zeros(), dWeight: zeros(K, PIXELS), dBias: zeros(K) };
    this.curve = zeros(CURVE);
    this.step = from.step;
  }

  get stepsPerEpoch(): number {
    return this.batches.perEpoch;
  }

  /** Enqueues a step. */
  advance(learningRate: number): void {
    const { engine, rows, state, out, curve, settings } = this;
    const { queue } = engine.device;
    queue.writeBuffer(rows.buffer, 0, this.batches.at(this.step++));
    const { weight, bias } = state;
    const wants = ['dWeight', 'dBias'] as const;
    linearCrossEntropy(this.pixels, weight, this.labels, { bias, rows, wants, out });
    const { momentum } = settings;
    const options = { learningRate, momentum };
    sgdStep(weight, out.dWeight, { ...options, velocity: state.weightVelocity });
    sgdStep(bias, out.dBias, { ...options, velocity: state.biasVelocity });
    const encoder = engine.device.createCommandEncoder({ label: 'loss curve' });
    encoder.copyBufferToBuffer(out.loss.buffer, 0, curve.buffer, 4 * (this.kept++ % CURVE), 4);
    queue.submit([encoder.finish()]);
  }

  /** Losses of the steps since the last call, `CURVE` at most: each of its batch, before the step. */
  async losses(): Promise<Float32Array> {
    const count = this.kept;
    if (count > CURVE) throw new Error(`${count} losses were not read; ${CURVE} are kept`);
    this.kept = 0;
    return (await this.curve.read()).subarray(0, count);
  }

  /** What the training could be continued from. */
  async snapshot(): Promise<Snapshot> {
    const { step } = this;
    const read = names.map(async (name) => [name, await this.state[name].read()] as const);
    return { step, ...(Object.fromEntries(await Promise.all(read)) as Record<Name, never>) };
  }

  destroy(): void {
    const { state, out } = this;
    const tensors = [this.pixels, this.labels, this.rows, this.curve];
    for (const tensor of [...tensors, ...Object.values(state), ...Object.values(out)]) {
      tensor.destroy();
    }
  }
}
