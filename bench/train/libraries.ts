/** Libraries that make the same step, taking turns in one page. */
import { median } from '../measure';

/** A library with a task on its GPU. */
export interface Stepper<Result> {
  /** Enqueues a step; the first has the number 1. */
  step(number: number): void;
  /** Resolves when all steps are done. */
  done(): Promise<unknown>;
  /** What the steps so far came to. */
  read(): Promise<Result>;
  release(): void;
}

/** Modules that open a library, by its name; the first is ours. */
export type Libraries<Task, Result> = Readonly<
  Record<string, () => Promise<{ open: (task: Task) => Promise<Stepper<Result>> }>>
>;

/** What a library's steps took, and how far its first was from float64. */
export type LibraryResult<Errors> = Errors & {
  readonly name: string;
  /** Of a step, median over the rounds, and each of them. */
  readonly milliseconds: number;
  readonly samples: readonly number[];
};

export interface Comparison<Errors> {
  readonly libraries: readonly LibraryResult<Errors>[];
  /** The fastest peer's time as a multiple of ours. */
  readonly advantage: number;
  /** Elements of ours that are beyond their bounds after the first step. */
  readonly failures: number;
}

export interface CompareOptions {
  readonly rounds: number;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

/**
 * A first step of each library, which is judged, and rounds of further ones, in each of which another
 * library is first.
 *
 * @param judge how far a result is from float64, and how many elements are beyond their bounds.
 * @throws Error for what a library throws.
 */
export async function compareLibraries<Task, Result, Errors extends object>(
  libraries: Libraries<Task, Result>,
  task: Task,
  judge: { errors(result: Result): Errors; failures(result: Result): number },
  { rounds, onProgress }: CompareOptions,
): Promise<Comparison<Errors>> {
  const names = Object.keys(libraries);
  const [ours, ...peers] = names as [string, ...string[]];
  const total = (1 + rounds) * names.length;
  let done = 0;
  let failures = 0;
  const entries = [];
  for (const [name, load] of Object.entries(libraries)) {
    onProgress(`first step of ${name}`, done++, total);
    const stepper = await (await load()).open(task);
    stepper.step(1);
    await stepper.done();
    const result = await stepper.read();
    if (name === ours) failures = judge.failures(result);
    entries.push({ name, stepper, errors: judge.errors(result), samples: [] as number[] });
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < entries.length; i++) {
      const { name, stepper, samples } = entries[(round + i) % entries.length]!;
      onProgress(`timing ${name}`, done++, total);
      const start = performance.now();
      stepper.step(2 + round);
      await stepper.done();
      samples.push(performance.now() - start);
    }
  }
  for (const { stepper } of entries) stepper.release();
  const results = entries.map(({ name, samples, errors }) => ({
    name,
    milliseconds: median(samples),
    samples,
    ...errors,
  }));
  const time = (name: string) => results.find((one) => one.name === name)!.milliseconds;
  return { failures, advantage: Math.min(...peers.map(time)) / time(ours), libraries: results };
}

/** The largest difference of a library's values from float64's. */
export const largestError = (values: Float32Array, exact: Float64Array): number =>
  values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - exact[i]!)), 0);
