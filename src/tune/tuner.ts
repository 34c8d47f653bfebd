import { compileProgram, type Program } from '../engine/program';
import type { Runtime } from '../engine/runtime';
import { doing } from '../gpu/faults';
import type { Region } from '../gpu/region';
import { ScratchPool } from '../gpu/scratch';
import { Stopwatch } from '../gpu/stopwatch';
import { emptyFill, scaleParams } from '../ops/scale';
import { softmaxOp } from '../ops/softmax';
import { type PlanDevice, planRows, type RowShape, type RowTask } from '../rows/plan';
import { bucketOf, type Choice, candidatesOf, type TunedTier } from '../rows/tiers';

/** Samples of each candidate: an odd number. */
const ROUNDS = 5;
/** What browsers round timestamps to. */
const ROUNDED_MS = 0.1;
/** What a call is taken to last where rounding leaves nothing. */
const SHORTEST_MS = 0.01;
/** What a sample should last at least: 50 times that. */
const SAMPLE_MS = 5;
const MAX_CALLS = 256;
/** Candidates slower than this multiple of the fastest in the warm-up are not sampled. */
const SLOWER = 2;
/** What a driver may take to compile at a first call. */
const COMPILE_MS = 50;
/** The table's own choice is kept unless another is faster by so much. */
const MARGIN = 1.1;

/** One in each bucket up to 2²⁰: what models have where there is something usual. */
const LENGTHS = [
  3, 6, 10, 24, 50, 100, 200, 400, 1000, 2000, 4000, 6625, 16_000, 32_000, 50_257, 128_256, 250_000,
  500_000, 1_000_000,
];

/** Rows of every length up to a million, as many as keep the device busy for a moment. */
export function usualRows(device: PlanDevice): RowShape[] {
  const elements = device.adapter === 'cpu' ? 2 ** 18 : 2 ** 22;
  return LENGTHS.flatMap((length) => {
    const rows = Math.ceil(elements / length);
    return [
      { outer: rows, length, inner: 1 },
      { outer: 1, length, inner: Math.max(4, rows) },
    ];
  }).filter((shape) => elementsOf(shape) <= mostToTune(device));
}

/** Elements of the largest shape that is bound whole and done in one submission. */
export const mostToTune = ({ maxBinding, maxElements }: PlanDevice) =>
  Math.min(maxElements, (maxBinding - 256) / 4);

const elementsOf = ({ outer, length, inner }: RowShape) => outer * length * inner;

/** A bucket of row lengths, and for each candidate the product of its times at the bucket's shapes. */
interface Bucket {
  readonly rows: TunedTier['rows'];
  readonly maxLength: number;
  readonly choices: readonly Choice[];
  readonly times: number[];
}

/**
 * Times the candidates of each bucket that the shapes are in, on softmax. What sets the regimes
 * apart is how often a row is read, by whom, with how many barriers and dispatches; that is the same
 * in every row operation, so there is one table for all.
 *
 * @param check is called before every sample, and throws to stop.
 * @returns the fastest of each bucket where there is a choice. Of shapes in one bucket each has the
 * same say, whatever its size.
 */
export async function findTiers(
  runtime: Runtime,
  shapes: readonly RowShape[],
  check: () => void,
  onProgress: (done: number, total: number) => void,
): Promise<TunedTier[]> {
  const buckets = new Map<string, Bucket>();
  const stopwatch = new Stopwatch(runtime.device);
  try {
    for (const [i, shape] of shapes.entries()) {
      const rows = shape.inner > 1 ? 'strided' : 'contiguous';
      const maxLength = bucketOf(shape.length);
      const key = `${rows} ${maxLength}`;
      let bucket = buckets.get(key);
      if (!bucket) {
        const choices = candidatesOf(maxLength, shape.inner > 1, runtime.facts);
        bucket = { rows, maxLength, choices, times: choices.map(() => 1) };
        buckets.set(key, bucket);
      }
      const { choices, times } = bucket;
      if (choices.length > 1) {
        const found = await race(runtime, stopwatch, shape, bucket, check);
        found.forEach((ms, c) => {
          times[c]! *= ms;
        });
      }
      onProgress(i + 1, shapes.length);
    }
  } finally {
    stopwatch.destroy();
  }
  return [...buckets.values()]
    .filter(({ choices }) => choices.length > 1)
    .map(({ rows, maxLength, choices, times }) => {
      const best = times.indexOf(Math.min(...times));
      const gain = times[0]! / times[best]!;
      const { regime, chunk } = choices[gain > MARGIN ? best : 0]!;
      return { rows, maxLength, regime, chunk, gain: gain > MARGIN ? gain : 1 };
    });
}

/** Milliseconds of each candidate on rows of one shape: medians of samples taken in turns. */
async function race(
  runtime: Runtime,
  stopwatch: Stopwatch,
  shape: RowShape,
  { choices, rows, maxLength }: Bucket,
  check: () => void,
): Promise<number[]> {
  const { device, faults, pipelines } = runtime;
  const count = elementsOf(shape);
  const pool = new ScratchPool(runtime.createBuffer);
  const programs: Program[] = [];
  /** Does something with the GPU, and waits to hear what came of it. */
  const surely = async <T>(work: () => T): Promise<Awaited<T>> => {
    check();
    faults.begin();
    const coming = work();
    const fault = faults.end('tune');
    const result = await coming;
    const error = await fault;
    if (error) throw error;
    return result;
  };
  try {
    const buffers = await surely(() => {
      const [x, y] = [pool.take(4 * count), pool.take(4 * count)];
      const logits = Float32Array.from({ length: count }, (_, i) => ((i * 40_503) % 4093) / 256);
      faults.within(doing, () => device.queue.writeBuffer(x, 0, logits));
      return [x, y];
    });
    const place = { byteOffset: 0, count, dtype: 'f32' } as const;
    const [x, y] = buffers.map((buffer): Region => ({ buffer, ...place }));
    const params = { ...scaleParams('tune', {}), ...emptyFill('tune', {}) };
    const task: RowTask = { op: softmaxOp, shape, data: { x: x!, y: y! }, params };
    const plans = choices.map((choice) => {
      const tuned = [{ ...choice, rows, maxLength, gain: 1 }];
      return planRows('tune', task, { ...runtime.facts, tuned });
    });
    const dispatches = plans.flatMap(({ steps }) => steps.filter((s) => s.kind === 'dispatch'));
    await Promise.all(dispatches.map(({ kernel }) => pipelines.prepare(kernel)));
    const entries = await surely(() =>
      plans.map((plan) => {
        const program = compileProgram(runtime, plan, buffers);
        programs.push(program);
        const scratch = program.scratch.map((bytes) => pool.take(bytes));
        const { groups } = runtime.bind(program, [...buffers, ...scratch], true);
        return { program, groups, calls: 1, warmUp: 0, samples: [] as number[] };
      }),
    );
    const sample = async ({ program, groups, calls }: (typeof entries)[number]) => {
      const ms = await surely(() =>
        faults.within(doing, () =>
          stopwatch.time((pass) => {
            for (let call = 0; call < calls; call++) recordSteps(pass, program, groups);
          }),
        ),
      );
      return ms / calls;
    };
    let fastest = Number.POSITIVE_INFINITY;
    for (const entry of entries) {
      // The first call may compile; one that is slow beyond that need not be tried twice.
      entry.warmUp = Math.max(SHORTEST_MS, await sample(entry));
      if (entry.warmUp > SLOWER * fastest + COMPILE_MS) continue;
      entry.calls = 4;
      entry.warmUp = Math.max(SHORTEST_MS, await sample(entry));
      entry.calls = Math.ceil(Math.min(MAX_CALLS, SAMPLE_MS / entry.warmUp));
      fastest = Math.min(fastest, entry.warmUp);
    }
    const contenders = entries.filter(({ warmUp }) => warmUp <= SLOWER * fastest + ROUNDED_MS);
    for (let round = 0; round < ROUNDS; round++) {
      for (const entry of contenders) entry.samples.push(await sample(entry));
    }
    const medians = entries.map(({ samples }) => samples.sort((a, b) => a - b)[(ROUNDS - 1) / 2]);
    const best = Math.min(...medians.filter((ms) => ms !== undefined));
    // Of those ruled out all that is known is how they compared in the warm-up.
    return medians.map((ms, i) => ms ?? (best * entries[i]!.warmUp) / fastest);
  } finally {
    for (const { uniforms } of programs) uniforms?.destroy();
    pool.destroy();
  }
}

function recordSteps(
  pass: GPUComputePassEncoder,
  { steps }: Program,
  groups: readonly (GPUBindGroup | undefined)[],
): void {
  for (const [i, step] of steps.entries()) {
    // Shapes that take copies are refused.
    if (step.kind !== 'dispatch') continue;
    pass.setPipeline(step.pipeline.pipeline);
    pass.setBindGroup(0, groups[i]!);
    pass.dispatchWorkgroups(...step.workgroups);
  }
}
