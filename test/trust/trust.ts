/**
 * What the trust tests share: their short form for `npm run test:promises` and their long one for
 * `npm run test:trust`, and seeds that a failure can be run again by.
 */
import fc from 'fast-check';
import { isLong, seedOfRun } from './counts';

/** How often in the short form, and how often in the long one. */
export const times = (short: number, long: number) => (isLong ? long : short);

/** Seed and path of one generated value, as a failure prints them. */
interface Replay {
  seed: number;
  path: string;
}

/** `REPLAY='{"seed":…,"path":"…"}'` runs the one value that failed, and no other. */
export const replay: Replay | undefined = process.env.REPLAY
  ? JSON.parse(process.env.REPLAY)
  : undefined;

export const seed = replay?.seed ?? seedOfRun;

/** The command that runs one generated value of a test again. */
export const again = (file: string, name: string, path: string | null | undefined) =>
  `REPLAY='${JSON.stringify({ seed, path: path ?? '' })}' npx vitest run ${file} -t '${name}'`;

/**
 * Holds a property for generated values; a failure is shrunk and says how to run it again.
 *
 * @param path of the only value to try; default: that of `REPLAY`.
 */
export async function holds<T>(
  file: string,
  name: string,
  arbitrary: fc.Arbitrary<T>,
  runs: number,
  problemOf: (value: T) => Promise<string>,
  path = replay?.path,
): Promise<void> {
  const details = await fc.check(
    fc.asyncProperty(arbitrary, async (value) => {
      const problem = await problemOf(value);
      if (problem !== '') throw new Error(problem);
    }),
    path === undefined
      ? { seed, numRuns: runs }
      : { seed, path, numRuns: 1, endOnFailure: replay !== undefined },
  );
  if (!details.failed) return;
  const { errorInstance, counterexample, counterexamplePath, numShrinks } = details;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  throw new Error(
    `${name}: ${why}\n  value  ${JSON.stringify(counterexample)}, after ${numShrinks} shrinks\n` +
      `  again  ${again(file, name, counterexamplePath)}`,
  );
}
