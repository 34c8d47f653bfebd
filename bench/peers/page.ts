/** What is called in the page or the worker of one library; arguments and results pass as JSON. */
import { type Check, check } from '../check';
import { Stopwatch, type Timer } from '../measure';
import { type BenchOp, benchOps } from '../ops';
import type { Shape } from '../shapes';
import {
  type AccuracyOp,
  accuracyInputs,
  accuracyOperands,
  specialInputs,
} from './accuracy-inputs';
import { forPeers, type Promised } from './allowance';
import { besideTorch, type Judgement, judge } from './judge';
import { hostOperands } from './operands';
import type { PeerOp } from './ops';
import type { Peer, PeerModule, Prepared } from './peer';

/** An operation that was called once and compared with the reference. */
export interface Ready {
  readonly check: Check;
  /** What `samplePass` can time besides. */
  readonly passes: readonly { readonly name: string; readonly family?: string | undefined }[];
  readonly passTimer: Timer;
}

/** Milliseconds for a number of calls. */
export interface Enqueued {
  /** Until the library has taken the last call. */
  readonly host: number;
  /** Until the GPU is done with them. */
  readonly total: number;
}

let peer: Peer;
let stopwatch: Stopwatch;
let prepared: Prepared | undefined;
/** What the device complained of since it was last asked. */
const faults: string[] = [];
let lost: string | null = null;

/** Opens the library that a module of this server exports. */
export async function open(module: string): Promise<void> {
  adopt(await ((await import(/* @vite-ignore */ module)) as PeerModule).open());
}

/** Works with this library from here on. */
export function adopt(opened: Peer): void {
  peer = opened;
  const { device } = peer;
  stopwatch = new Stopwatch(device);
  device.addEventListener('uncapturederror', ({ error }) => faults.push(error.message));
  void device.lost.then(({ message }) => {
    lost = `the device is lost: ${message}`;
  });
}

/** Why the library's device is lost; null while it is not. */
export const lostMessage = (): string | null => lost;

/**
 * Makes an operation ready in place of the last one, calls it once, and compares the result with
 * the float64 reference.
 *
 * @param promise whose the bounds are that the result is held to.
 */
export async function prepare(op: PeerOp, shape: Shape, promise: Promised): Promise<Ready> {
  await prepared?.release();
  prepared = undefined;
  const operands = hostOperands(op, shape);
  prepared = await peer.prepare(op, operands);
  const results = await prepared.read();
  // The first call of each compiles.
  for (const { record } of prepared.passes ?? []) await stopwatch.time((pass) => record(pass, 0));
  return blaming(async () => ({
    check: await check(
      heldTo(promise, op),
      operands,
      results.map((data) => ({ read: async () => data })),
    ),
    passes: (prepared!.passes ?? []).map(({ name, family }) => ({ name, family })),
    passTimer: stopwatch.timer,
  }));
}

/**
 * Calls an operation once on an input that the accuracy is measured on, in place of what is
 * prepared, and judges its results.
 */
export async function measure(
  op: AccuracyOp,
  input: string,
  promise: Promised,
): Promise<Judgement[]> {
  await prepared?.release();
  prepared = undefined;
  const operands = accuracyOperands(op, accuracyInputs.find(({ name }) => name === input)!);
  prepared = await peer.prepare(op, operands);
  const results = await prepared.read();
  const expected = heldTo(promise, op).check(operands.host as Parameters<BenchOp['check']>[0]);
  const special = specialInputs.some(({ name }) => name === input);
  return blaming(async () =>
    results.map((actual, i) => ({
      ...judge(actual, expected[i]!),
      ...(special && { torch: besideTorch(actual, expected[i]!) }),
    })),
  );
}

const heldTo = (promise: Promised, op: PeerOp): BenchOp =>
  promise === 'ours' ? benchOps[op] : forPeers(op);

/** Enqueues calls and waits for them. */
export const sample = (calls: number): Promise<Enqueued> =>
  blaming(async () => {
    const start = performance.now();
    await prepared!.run(calls);
    const host = performance.now() - start;
    await prepared!.done();
    return { host, total: performance.now() - start };
  });

/** Milliseconds of calls recorded into a compute pass. */
export const samplePass = (pass: number, calls: number): Promise<number> =>
  blaming(() =>
    stopwatch.time((encoder) => {
      for (let call = 0; call < calls; call++) prepared!.passes![pass]!.record(encoder, call);
    }),
  );

/** What the device complains of meanwhile fails the work in hand, however well it looks. */
async function blaming<T>(work: () => Promise<T>): Promise<T> {
  const result = await work();
  if (lost) throw new Error(lost);
  if (faults.length > 0) throw new Error(`on the GPU: ${faults.splice(0).join('\n')}`);
  return result;
}
