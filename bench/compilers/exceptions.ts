/** Calls that do not meet a goal today, by name and with the reason. The list is only to become shorter. */
import list from './exceptions.json';
import { describeMiss, type Goal, type Miss } from './goals';

/** Calls that miss one goal for one reason. */
interface Exception {
  readonly goal: Goal;
  /** As misses name them. */
  readonly devices: readonly string[];
  readonly reason: string;
  /** By operation, shapes with their options, joined by commas. */
  readonly calls: Readonly<Record<string, string>>;
}

const exceptions = list as readonly Exception[];

const keyOf = (goal: string, device: string, id: string) => `${goal}: ${id} (${device})`;

const casesOf = ({ calls }: Exception): string[] =>
  Object.entries(calls).flatMap(([op, shapes]) =>
    shapes.split(', ').map((shape) => `${op} ${shape}`),
  );

const excepted = new Set(
  exceptions.flatMap((exception) =>
    exception.devices.flatMap((device) =>
      casesOf(exception).map((id) => keyOf(exception.goal, device, id)),
    ),
  ),
);

/** Misses that are no exceptions. */
export const unexpectedOf = (misses: readonly Miss[]): string[] =>
  misses
    .filter(({ goal, device, case: id }) => !excepted.has(keyOf(goal, device, id)))
    .map(describeMiss);

/** Exceptions that are no misses any more, and are to be taken out; of a run of the whole table. */
export function outdatedOf(misses: readonly Miss[]): string[] {
  const missed = new Set(misses.map(({ goal, device, case: id }) => keyOf(goal, device, id)));
  return [...excepted].filter((key) => !missed.has(key));
}

/** Why calls miss goals, and how many do for each reason. */
export const reasons: readonly (Pick<Exception, 'goal' | 'devices' | 'reason'> & {
  readonly calls: number;
})[] = exceptions.map((exception) => ({
  ...exception,
  calls: casesOf(exception).length * exception.devices.length,
}));
