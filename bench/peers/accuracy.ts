/** The libraries' errors on the same inputs. */
import { type AccuracyInput, type AccuracyOp, accuracyOps } from './accuracy-inputs';
import type { Judgement } from './judge';
import { type Library, OURS } from './libraries';
import { LibraryFailure } from './runners';
import type { Team } from './team';

/** What became of one library. */
export type AccuracyOutcome =
  | {
      readonly status: 'measured';
      /** In the order of `resultNames`. */
      readonly results: readonly Judgement[];
    }
  | { readonly status: 'failed'; readonly error: string }
  /** It has no such operation. */
  | { readonly status: 'absent' };

/** One operation on one input. */
export interface Accuracy {
  readonly input: string;
  readonly op: AccuracyOp;
  readonly libraries: readonly { readonly library: string; readonly outcome: AccuracyOutcome }[];
}

/** What each operation gives, by the names that the tables have. */
export const resultNames: Readonly<Record<AccuracyOp, readonly string[]>> = {
  softmax: ['softmax'],
  logSoftmax: ['logSoftmax'],
  crossEntropyWithGrad: ['crossEntropy', 'its gradient'],
};

export interface AccuracyOptions {
  /** Told what is being done, and how much of it is done. */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/** Every operation of every library on an input; whatever becomes of a library is in the result. */
export async function measureAccuracy(
  team: Team,
  libraries: readonly Library[],
  { name: input }: AccuracyInput,
  { onProgress = () => {} }: AccuracyOptions = {},
): Promise<Accuracy[]> {
  const measured: Accuracy[] = [];
  for (const [i, op] of accuracyOps.entries()) {
    const found: { library: string; outcome: AccuracyOutcome }[] = [];
    for (const library of libraries) {
      const { name } = library;
      onProgress(`${op} of ${name}`, i, accuracyOps.length);
      found.push({ library: name, outcome: await outcomeOf(team, library, op, input) });
    }
    measured.push({ input, op, libraries: found });
  }
  return measured;
}

async function outcomeOf(
  team: Team,
  library: Library,
  op: AccuracyOp,
  input: string,
): Promise<AccuracyOutcome> {
  if (!library.ops.includes(op)) return { status: 'absent' };
  try {
    return { status: 'measured', results: await team.measure(library, op, input) };
  } catch (error) {
    if (!(error instanceof LibraryFailure)) throw error;
    return { status: 'failed', error: error.message };
  }
}

/** What is wrong with ours, one line each. */
export function accuracyFailures(accuracy: readonly Accuracy[]): string[] {
  return accuracy.flatMap(({ input, op, libraries }) =>
    libraries
      .filter(({ library }) => library === OURS.name)
      .flatMap(({ outcome }) => {
        if (outcome.status === 'absent') return [];
        if (outcome.status === 'failed') return [`${op}, ${input}: ${outcome.error}`];
        return outcome.results.flatMap(({ failures }, i) =>
          failures > 0
            ? [`${resultNames[op][i]}, ${input}: ${failures} elements beyond their bounds`]
            : [],
        );
      }),
  );
}
