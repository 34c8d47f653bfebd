/** What differs between two runs. */
import type { CallResult, CompilerResults } from './results';
import { executedCalls, settingOf, withFigures } from './rows';
import { type Column, textTable } from './text-table';

interface Difference {
  readonly call: CallResult;
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

const keyOf = (call: CallResult): string =>
  JSON.stringify([call.case, call.chip, call.engine, call.subgroups, call.limits]);

/** Of a call: the most of any of its kernels, or the sum over them. */
function figuresOf(results: CompilerResults): Map<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>();
  for (const { call, kernel } of withFigures(results)) {
    const {
      registers = 0,
      spills = 0,
      scratch = 0,
      waves = Infinity,
      instructions = 0,
    } = found.get(keyOf(call)) ?? {};
    found.set(keyOf(call), {
      dispatches: call.dispatches.length,
      registers: Math.max(registers, kernel.registers),
      spills: spills + kernel.spills,
      scratch: Math.max(scratch, kernel.scratch),
      waves: Math.min(waves, kernel.waves),
      instructions: instructions + kernel.instructions,
    });
  }
  for (const { call, laneOperations, roundTrips, lines } of executedCalls(results.calls)) {
    Object.assign(found.get(keyOf(call))!, {
      operations: Math.round(laneOperations),
      'round trips': roundTrips,
      lines: Number(lines.toFixed(1)),
    });
  }
  return found;
}

export function differencesOf(before: CompilerResults, after: CompilerResults): Difference[] {
  const [old, now] = [figuresOf(before), figuresOf(after)];
  return after.calls.flatMap((call) => {
    const then = old.get(keyOf(call));
    const figures = Object.entries(now.get(keyOf(call))!);
    if (!then) return [];
    return figures
      .filter(([what, value]) => value !== then[what])
      .map(([what, value]) => ({ call, what, before: `${then[what] ?? '-'}`, after: `${value}` }));
  });
}

const columns: readonly Column<Difference>[] = [
  { title: 'call', align: 'left', of: ({ call }) => call.case },
  { title: 'chip', align: 'left', of: ({ call }) => `${call.chip}, ${call.engine}` },
  { title: 'device', align: 'left', of: ({ call }) => settingOf(call) },
  { title: 'figure', align: 'left', of: ({ what }) => what },
  { title: 'before', of: ({ before }) => before },
  { title: 'after', of: ({ after }) => after },
];

/** What differs of calls that both runs have. */
export function formatDifferences(before: CompilerResults, after: CompilerResults): string {
  const differences = differencesOf(before, after);
  const since = `since ${before.date.slice(0, 16)} (${before.commit?.slice(0, 9) ?? 'no commit'})`;
  if (differences.length === 0) return `nothing differs ${since}`;
  return `${differences.length} figures differ ${since}\n${textTable(columns, differences)}`;
}
