/** Compares the libraries on one operation and shape: all are checked first, then all take turns. */
import { median, moreCalls, SLOWER } from '../measure';
import type { Shape } from '../shapes';
import { type Library, OURS } from './libraries';
import { type PeerOp, RECORDED } from './ops';
import type { Comparison, Outcome, Overhead, Timed } from './outcome';
import type { Ready } from './page';
import { LibraryFailure, type Runners } from './runners';

export interface CompareOptions {
  readonly rounds: number;
  /** Milliseconds that a sample should last at least; default 50. */
  readonly sampleMs?: number;
  /** No further sample of a candidate that took so many milliseconds in all; default 60 s. */
  readonly budgetMs?: number;
  /** Told what is being done, and how much of it is done. */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/** What takes turns: the calls of a library, or something recorded into passes. */
interface Turn {
  readonly library: Library;
  readonly name: string;
  readonly family?: string | undefined;
  sample(calls: number): Promise<number>;
  calls: number;
  warmUp: number;
  spent: number;
  readonly samples: number[];
}

/** Whatever becomes of a library is in the result. */
export async function compare(
  team: Runners,
  libraries: readonly Library[],
  op: PeerOp,
  shape: Shape,
  options: CompareOptions,
): Promise<Comparison> {
  const { onProgress = () => {} } = options;
  const outcomes = new Map<Library, Outcome>();
  const ready = new Map<Library, Ready>();
  for (const [i, library] of libraries.entries()) {
    onProgress(`checking ${library.name}`, i, libraries.length);
    if (!library.ops.includes(op)) {
      outcomes.set(library, { status: 'absent' });
      continue;
    }
    const found = await attempt(library, outcomes, () => team.prepare(library, op, shape));
    if (found && found.check.failures === 0) ready.set(library, found);
    else if (found) outcomes.set(library, { status: 'wrong', check: found.check });
  }

  const turns = [...ready].flatMap(([library, { passes }]): Turn[] => {
    const turn = { library, calls: 1, warmUp: 0, spent: 0 };
    return [
      {
        ...turn,
        name: library.name,
        samples: [],
        sample: async (calls) => (await team.sample(library, calls)).total,
      },
      ...passes.map(({ name, family }, pass): Turn => {
        const sample = (calls: number) => team.samplePass(library, pass, calls);
        return { ...turn, name, family, samples: [], sample };
      }),
    ];
  });
  await takeTurns(turns, outcomes, options);

  for (const [library, { check }] of ready) {
    if (outcomes.has(library)) continue;
    const turn = turns.find((each) => each.library === library)!;
    outcomes.set(library, { status: 'timed', check, ...timedOf(turn) });
  }
  return {
    shape,
    op,
    ours: outcomes.get(OURS)!,
    peers: libraries
      .filter((library) => library !== OURS)
      .map((library) => ({ library: library.name, outcome: outcomes.get(library)! })),
    pass: passOf(turns, outcomes, ready),
  };
}

/** Finds how many calls make a sample of each, then samples each once a round, another one first each time. */
async function takeTurns(
  turns: readonly Turn[],
  outcomes: Map<Library, Outcome>,
  { rounds, sampleMs = 50, budgetMs = 60_000, onProgress = () => {} }: CompareOptions,
): Promise<void> {
  const time = async (turn: Turn): Promise<number | undefined> => {
    if (outcomes.has(turn.library)) return undefined;
    const ms = await attempt(turn.library, outcomes, () => turn.sample(turn.calls));
    turn.spent += ms ?? 0;
    return ms;
  };
  for (const [i, turn] of turns.entries()) {
    onProgress(`warming up ${turn.name}`, i, turns.length);
    for (;;) {
      const ms = await time(turn);
      if (ms === undefined) break;
      turn.warmUp = ms / turn.calls;
      const calls = ms >= sampleMs ? turn.calls : moreCalls(turn.calls, ms, sampleMs);
      if (calls <= turn.calls) break;
      turn.calls = calls;
    }
  }
  const contenders = turns.filter(
    ({ family, warmUp }) =>
      family === undefined ||
      turns.every((other) => other.family !== family || warmUp <= SLOWER * other.warmUp),
  );
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const turn = contenders[(round + i) % contenders.length]!;
      onProgress(`timing ${turn.name}`, round * contenders.length + i, rounds * contenders.length);
      if (round > 0 && turn.spent >= budgetMs) continue;
      const ms = await time(turn);
      if (ms !== undefined) turn.samples.push(ms / turn.calls);
    }
  }
}

function timedOf({ samples, warmUp, calls }: Turn): Timed {
  const all = samples.length > 0 ? samples : [warmUp];
  return { milliseconds: median(all), samples: all, calls };
}

function passOf(
  turns: readonly Turn[],
  outcomes: ReadonlyMap<Library, Outcome>,
  ready: ReadonlyMap<Library, Ready>,
): Comparison['pass'] {
  if (outcomes.get(OURS)?.status !== 'timed') return null;
  const recorded = turns.find(({ name }) => name === RECORDED)!;
  const floors = turns
    .filter(({ family }) => family !== undefined)
    .map((turn) => ({ kernel: turn.name, ...timedOf(turn) }));
  return {
    timer: ready.get(OURS)!.passTimer,
    ours: timedOf(recorded),
    floor: floors.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a)),
  };
}

/** The tensor and the number of calls that show what a call costs besides its work. */
const OVERHEAD_SHAPE: Shape = { dims: [1, 10], axis: 1 };
export const OVERHEAD_CALLS = 1000;

/** Enqueues many softmaxes of a small tensor with each library in turn. */
export async function compareOverhead(
  team: Runners,
  libraries: readonly Library[],
  { rounds, onProgress = () => {} }: CompareOptions,
): Promise<Overhead[]> {
  const failed = new Map<Library, Outcome>();
  const samples = new Map<Library, { host: number; total: number }[]>();
  for (const [i, library] of libraries.entries()) {
    onProgress(`checking ${library.name}`, i, libraries.length);
    const sample = async () => {
      const { check } = await team.prepare(library, 'softmax', OVERHEAD_SHAPE);
      if (check.failures === 0) await team.sample(library, OVERHEAD_CALLS);
      else failed.set(library, { status: 'wrong', check });
    };
    await attempt(library, failed, sample);
    samples.set(library, []);
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < libraries.length; i++) {
      const library = libraries[(round + i) % libraries.length]!;
      onProgress(`timing ${library.name}`, round * libraries.length + i, rounds * libraries.length);
      if (failed.has(library)) continue;
      const sample = await attempt(library, failed, () => team.sample(library, OVERHEAD_CALLS));
      if (sample) samples.get(library)!.push(sample);
    }
  }
  return libraries.map((library): Overhead => {
    const bad = failed.get(library) as Overhead['result'] | undefined;
    const found = samples.get(library)!;
    const perCall = (of: 'host' | 'total') =>
      (1000 * median(found.map((sample) => sample[of]))) / OVERHEAD_CALLS;
    return {
      library: library.name,
      result: bad ?? { status: 'timed', host: perCall('host'), total: perCall('total') },
    };
  });
}

/** What a library gives, or undefined and its failure among the outcomes. */
async function attempt<T>(
  library: Library,
  outcomes: Map<Library, Outcome>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LibraryFailure)) throw error;
    outcomes.set(library, { status: 'failed', error: error.message });
    return undefined;
  }
}
