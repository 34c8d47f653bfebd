/** The verification run: the tests' own cases, in portions that tell how far it is. */
import type { Case, TestOp } from '../../conformance/cases';
import { jacobians, kernels, lengths, matrixOf } from '../../conformance/matrix';
import { otherOps } from '../../conformance/other-ops';
import type { CaseResult } from '../../conformance/run-cases';
import type { Bench } from '../benchmark/bench';
import type { verifyCases } from '../benchmark/bench.worker';

/** What a run takes on: rows up to a length, in the regime the library chooses or in every one. */
export const sizes = {
  quick: { longest: 33, everyRegime: false },
  standard: { longest: 257, everyRegime: true },
  thorough: { longest: 6625, everyRegime: true },
} as const;
export type Size = keyof typeof sizes;

/** A kernel's cases on contiguous rows or on columns. */
export interface Step {
  readonly op: TestOp;
  /** The operation, what is special about this kernel of it, and where the rows lie. */
  readonly name: string;
  readonly cases: readonly Case[];
}

/** Every operation × regime × row length of the size; see conformance/matrix.ts. */
export function planSuite(size: Size, subgroups: number): Step[] {
  const { longest, everyRegime } = sizes[size];
  const short = ({ shape, axis = -1 }: Case) => shape.at(axis)! <= longest;
  // The tests leave softmaxJvp out of the matrix, for it runs softmaxVjp's kernel.
  const steps = [...kernels, { op: 'softmaxJvp' } as const].flatMap((kernel) =>
    [false, true].map((strided): Step => {
      const { op, ...options } = kernel;
      const words = Object.entries(options).map(([name, value]) => `${name} ${value}`);
      const name = [op, ...words, strided ? 'columns' : 'rows'].join(', ');
      const cases = matrixOf(kernel, strided, subgroups).filter(short);
      return { op, name, cases: everyRegime ? cases : leftToThePlanner(cases) };
    }),
  );
  const op = 'softmaxJacobian';
  const others = otherOps.map((op): Step => ({ op, name: op, cases: manyOf(op).filter(short) }));
  return [...steps, { op, name: op, cases: jacobians().filter(short) }, ...others];
}

/** An operation that is no walk over rows, on every length of them. */
const manyOf = (op: TestOp): Case[] =>
  lengths.flatMap((length) =>
    [1, 7, 64].map((rows): Case => ({ op, shape: [rows, length], seed: length + rows })),
  );

/** The cases without the regime forced on them, each once. */
function leftToThePlanner(cases: readonly Case[]): Case[] {
  const unforced = cases.map(({ regime: _, ...rest }): [string, Case] => [
    JSON.stringify(rest),
    rest,
  ]);
  return [...new Map(unforced).values()];
}

/** How much is done between two looks: tens of milliseconds, but for compiling new kernels. */
const PORTION_ELEMENTS = 2 ** 16;
const PORTION_CASES = 24;

/** What the run tells while it goes. */
export interface Listener {
  onStep(step: Step): void;
  /** The results of a portion. */
  onResults(step: Step, results: readonly CaseResult[]): void;
}

/**
 * Runs the steps in order until done or `signal` says stop, which it does at once: the results of
 * the portion under way are dropped.
 *
 * @param bench whose worker runs them; it is ended.
 * @throws Error if the GPU fails as a whole; a failure of one case is in its result.
 */
export async function runSuite(
  bench: Bench,
  steps: readonly Step[],
  signal: AbortSignal,
  listener: Listener,
): Promise<void> {
  signal.addEventListener('abort', () => bench.end(), { once: true });
  try {
    for (const step of steps) {
      listener.onStep(step);
      for (const portion of portionsOf(step.cases)) {
        const results = await bench.call<typeof verifyCases>('verifyCases', [portion]);
        listener.onResults(step, results);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    bench.end();
  }
}

function* portionsOf(cases: readonly Case[]): Generator<Case[]> {
  let portion: Case[] = [];
  let elements = 0;
  for (const c of cases) {
    portion.push(c);
    elements += elementsOf(c);
    if (elements >= PORTION_ELEMENTS || portion.length >= PORTION_CASES) {
      yield portion;
      [portion, elements] = [[], 0];
    }
  }
  if (portion.length > 0) yield portion;
}

/** Elements of the largest tensor; a Jacobian has its axis twice. */
const elementsOf = ({ op, shape, axis = -1 }: Case) =>
  shape.reduce((a, b) => a * b, 1) * (op === 'softmaxJacobian' ? shape.at(axis)! : 1);
