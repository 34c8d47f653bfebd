/** What a comparison found, and what follows from it. */
import type { Check } from '../check';
import type { Timer } from '../measure';
import { type Shape, shapeTitle } from '../shapes';
import { OURS, OURS_ALLOCATING } from './libraries';
import type { PeerOp } from './ops';

export interface Timed {
  /** Median over the samples, per call. */
  readonly milliseconds: number;
  /** Per call, one a round. */
  readonly samples: readonly number[];
  /** Calls in each sample. */
  readonly calls: number;
}

/** What became of one library: only a right result is timed. */
export type Outcome =
  | ({ readonly status: 'timed'; readonly check: Check } & Timed)
  | { readonly status: 'wrong'; readonly check: Check }
  | { readonly status: 'failed'; readonly error: string }
  /** It has no such operation. */
  | { readonly status: 'absent' };

export interface Entry {
  readonly library: string;
  readonly outcome: Outcome;
}

/** One operation on one shape. */
export interface Comparison {
  readonly shape: Shape;
  readonly op: PeerOp;
  readonly ours: Outcome;
  readonly peers: readonly Entry[];
  /** Ours and the fastest of the floor's family, both recorded into passes; null where ours failed. */
  readonly pass: {
    readonly timer: Timer;
    readonly ours: Timed;
    readonly floor: Timed & { readonly kernel: string };
  } | null;
}

/** The fastest peer that gave a right result; undefined where none did. */
export function bestPeer({
  peers,
}: Pick<Comparison, 'peers'>): { library: string; milliseconds: number } | undefined {
  const timed = peers.flatMap(({ library, outcome }) =>
    outcome.status === 'timed' ? [{ library, milliseconds: outcome.milliseconds }] : [],
  );
  return timed.sort((a, b) => a.milliseconds - b.milliseconds)[0];
}

/** How many times as long as ours the best peer takes; undefined where one of the two is missing. */
export function peerRatio(comparison: Comparison): number | undefined {
  const best = bestPeer(comparison);
  const { ours } = comparison;
  return best && ours.status === 'timed' ? best.milliseconds / ours.milliseconds : undefined;
}

/** Our time as a multiple of the floor's, both recorded into passes. */
export const floorRatio = ({ pass }: Comparison): number | undefined =>
  pass ? pass.ours.milliseconds / pass.floor.milliseconds : undefined;

/** A small tensor's softmax, enqueued many times. */
export interface Overhead {
  readonly library: string;
  readonly result:
    | {
        readonly status: 'timed';
        /** Microseconds a call until the library has taken the last one: medians over the rounds. */
        readonly host: number;
        /** The same until the GPU is done. */
        readonly total: number;
      }
    | { readonly status: 'wrong'; readonly check: Check }
    | { readonly status: 'failed'; readonly error: string };
}

/** What is wrong with ours, one line each; a peer that fails is a fact, and no failure of the run. */
export function ourFailures(
  comparisons: readonly Comparison[],
  overheads: readonly Overhead[],
): string[] {
  const ours = [OURS.name, OURS_ALLOCATING.name];
  return [
    ...comparisons.flatMap(({ op, shape, ours: outcome }) =>
      describe(`${op} of ${shapeTitle(shape)}`, outcome),
    ),
    ...overheads
      .filter(({ library }) => ours.includes(library))
      .flatMap(({ library, result }) => describe(`overhead of ${library}`, result)),
  ];
}

function describe(where: string, result: Outcome | Overhead['result']): string[] {
  if (result.status === 'wrong') {
    return [`${where}: ${result.check.failures} elements beyond their bounds`];
  }
  return result.status === 'failed' ? [`${where}: ${result.error}`] : [];
}
