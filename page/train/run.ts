/** A training that can be paused: steps on the GPU in short bursts, and what the tab shows of them. */
import { accuracyOf, predict } from '../../bench/train/float64';
import type { DataSet } from '../../bench/train/images';
import { settings } from '../../bench/train/schedule';
import { type Snapshot, Trainer } from '../../bench/train/trainer';
import type { Engine } from '../../src/index';

/** Milliseconds of a burst, and between two looks at the test images. */
const BURST_MS = 100;
const JUDGE_MS = 1000;
/** Steps of a burst at most. */
const MOST_STEPS = 64;

/** What a burst came to. */
export interface Progress {
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Mean loss of the burst's batches. */
  readonly loss: number;
  readonly imagesPerSecond: number;
}

/** What the weights make of the test images. */
export interface Judgement {
  readonly snapshot: Snapshot;
  readonly predictions: Uint8Array;
  /** A share of 1. */
  readonly accuracy: number;
}

export interface Watcher {
  progressed(progress: Progress): void;
  judged(judgement: Judgement): void;
  /** The GPU failed, and the training has stopped. */
  failed(error: unknown): void;
}

export class TrainRun {
  learningRate = settings.learningRate;
  private trainer: Trainer;
  private running = false;
  /** The bursts under way; resolves when they have stopped. */
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    readonly images: DataSet,
    private readonly watcher: Watcher,
  ) {
    this.trainer = new Trainer(engine, images.train, settings);
  }

  resume(): void {
    if (this.running) return;
    this.running = true;
    this.loop = this.loop
      .then(() => this.bursts())
      .catch((error: unknown) => {
        this.running = false;
        this.watcher.failed(error);
      });
  }

  /** Resolves when the step under way is done and the test images are judged. */
  async pause(): Promise<void> {
    this.running = false;
    await this.loop;
  }

  /** Waits for the steps under way, then gives all that the training can be continued from. */
  async save(): Promise<Snapshot> {
    const { running } = this;
    await this.pause();
    const snapshot = await this.trainer.snapshot();
    if (running) this.resume();
    return snapshot;
  }

  /** Goes on from a snapshot, or from zeros; pauses. */
  async restart(from?: Snapshot): Promise<void> {
    await this.pause();
    this.trainer.destroy();
    this.trainer = new Trainer(this.engine, this.images.train, settings, from);
    await this.judge();
  }

  private async bursts(): Promise<void> {
    let steps = 1;
    let judged = performance.now();
    while (this.running) {
      const start = performance.now();
      for (let i = 0; i < steps; i++) this.trainer.advance(this.learningRate);
      const losses = await this.trainer.losses();
      const ms = performance.now() - start;
      this.watcher.progressed({
        step: this.trainer.step,
        stepsPerEpoch: this.trainer.stepsPerEpoch,
        loss: losses.reduce((a, b) => a + b, 0) / losses.length,
        imagesPerSecond: (1000 * steps * settings.batch) / ms,
      });
      steps = Math.min(MOST_STEPS, Math.max(1, Math.round((steps * BURST_MS) / ms)));
      if (performance.now() - judged > JUDGE_MS) {
        await this.judge();
        judged = performance.now();
      }
    }
    await this.judge();
  }

  private async judge(): Promise<void> {
    const { test } = this.images;
    const snapshot = await this.trainer.snapshot();
    const predictions = predict(snapshot, test);
    this.watcher.judged({ snapshot, predictions, accuracy: accuracyOf(predictions, test) });
  }
}
