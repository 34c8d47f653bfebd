/** Times GPU work in a page: candidates take turns, so that what disturbs one disturbs all. */
import { Stopwatch, type Timer } from '../src/gpu/stopwatch';

export { Stopwatch, type Timer };

/** Something to time. */
export interface Candidate {
  readonly name: string;
  /** Of a family only the fastest counts: who is clearly slower in the warm-up is not sampled again. */
  readonly family?: string;
  /** Records call number `call`; consecutive calls should touch different memory. */
  record(pass: GPUComputePassEncoder, call: number): void;
}

export interface Timing {
  readonly name: string;
  /** Median over the rounds, per call. */
  readonly milliseconds: number;
  /** Per call, one a round; of those that the warm-up ruled out, the warm-up's. */
  readonly samples: readonly number[];
  /** Calls in each sample. */
  readonly calls: number;
  /** Whether the warm-up ruled it out. */
  readonly ruledOut: boolean;
}

export interface Measurement {
  readonly timer: Timer;
  /** In the order of the candidates. */
  readonly timings: readonly Timing[];
}

export interface MeasureOptions {
  /** Samples of each candidate, at least 1; default 5. */
  rounds?: number;
  /**
   * Milliseconds that a sample should last at least, unless MAX_CALLS are enough. Default: 100 times the
   * 100 µs to which browsers round timestamps, five times as much for the page's clock.
   */
  sampleMs?: number;
  /** Default: timestamps where the device has them. */
  timer?: Timer;
  /** Stops before the next sample, with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Told after every step. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** How much slower than the fastest of its family a candidate may be in the warm-up. */
export const SLOWER = 1.5;
/** Calls in one sample at most. */
const MAX_CALLS = 512;

/**
 * Times the candidates: a warm-up that finds how many calls make a sample, then rounds in which
 * each candidate is sampled once, starting with another one each time.
 *
 * @throws Error if the device has no timestamps and they were asked for, or if they run backwards;
 * the signal's reason when it is aborted; whatever a candidate throws.
 */
export async function measure(
  device: GPUDevice,
  candidates: readonly Candidate[],
  { rounds = 5, sampleMs, timer, signal, onProgress = () => {} }: MeasureOptions = {},
): Promise<Measurement> {
  const stopwatch = new Stopwatch(device, timer);
  const enough = sampleMs ?? (stopwatch.timer === 'timestamp-query' ? 10 : 50);
  const entries = candidates.map((candidate): Entry => {
    return { candidate, calls: 1, next: 0, warmUp: 0, samples: [] };
  });
  const sample = async (entry: Entry): Promise<number> => {
    signal?.throwIfAborted();
    const { candidate, calls, next } = entry;
    entry.next += calls;
    return stopwatch.time((pass) => {
      for (let call = next; call < next + calls; call++) candidate.record(pass, call);
    });
  };
  try {
    for (const [i, entry] of entries.entries()) {
      // The first call compiles.
      await sample(entry);
      for (;;) {
        const ms = await sample(entry);
        entry.warmUp = ms / entry.calls;
        if (ms >= enough || entry.calls >= MAX_CALLS) break;
        entry.calls = moreCalls(entry.calls, ms, enough);
      }
      onProgress(i + 1, candidates.length * (1 + rounds));
    }
    const contenders = entries.filter(
      ({ candidate: { family }, warmUp }) =>
        family === undefined ||
        entries.every((e) => e.candidate.family !== family || warmUp <= SLOWER * e.warmUp),
    );
    const total = entries.length + contenders.length * rounds;
    let done = entries.length;
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < contenders.length; turn++) {
        const entry = contenders[(round + turn) % contenders.length]!;
        entry.samples.push((await sample(entry)) / entry.calls);
        onProgress(++done, total);
      }
    }
  } finally {
    stopwatch.destroy();
  }
  const timings = entries.map(({ candidate: { name }, calls, warmUp, samples }) => {
    const all = samples.length > 0 ? samples : [warmUp];
    return { name, milliseconds: median(all), samples: all, calls, ruledOut: samples.length === 0 };
  });
  return { timer: stopwatch.timer, timings };
}

interface Entry {
  readonly candidate: Candidate;
  /** In each sample. */
  calls: number;
  /** Number of the next call. */
  next: number;
  /** Milliseconds per call in the warm-up. */
  warmUp: number;
  /** Milliseconds per call in each round. */
  readonly samples: number[];
}

/** Calls to try when this many took `ms`, less than `enough`: more, but not all on one guess. */
export function moreCalls(calls: number, ms: number, enough: number): number {
  const guess = Math.ceil((1.1 * calls * enough) / Math.max(ms, enough / 1000));
  return Math.min(Math.max(guess, calls + 1), 8 * calls, MAX_CALLS);
}

/** The middle value; the mean of the two middle ones if their number is even. NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}
