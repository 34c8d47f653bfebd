/** What the kernels of the GPU class are held to, on the machine code that compilers make of them. */
import { rowOps } from '../../conformance/operations';
import { elementsOf, rowsOf } from '../shapes';
import { allCases, type CompiledCase, caseId } from './cases';
import type { CallResult, CompilerResults } from './results';
import { type ExecutedCall, executedCalls, settingOf, withFigures } from './rows';

export const goals = [
  'operations',
  'round trips',
  'lines',
  'bytes',
  'spills',
  'invocations',
  'dispatches',
] as const;
export type Goal = (typeof goals)[number];

/** A call that does not meet a goal. */
export interface Miss {
  readonly goal: Goal;
  /** The chip, where the goal is one of every chip; else how RDNA2 is used. */
  readonly device: string;
  readonly case: string;
  readonly value: number;
  readonly most: number;
}

/** Bytes an element that the goals of arithmetic are for. */
const BYTES = { f32: 8, f16: 4 } as const;
/** The tensor that invocations are counted for. */
const ELEMENTS = 2 ** 20;
const FEWEST_INVOCATIONS = 16_384;
/** Kernels that prepare or conclude the mean over rows. */
const HELPERS = /^(kept-weight|loss-total)/;

/** Whether a case is one of those that the goals are about. */
const counts = ({ op, precision, dtype, shape }: CompiledCase): boolean =>
  op !== 'softmaxJacobian' &&
  (rowOps as readonly string[]).includes(op) &&
  precision === 'default' &&
  (dtype === 'f32' || rowsOf(shape).inner === 1);

const known = new Map(allCases.filter(counts).map((c) => [caseId(c), c]));

/** The misses of a run, of the table's cases. */
export function missesOf(results: CompilerResults): Miss[] {
  const executed = executedCalls(results.calls).filter(({ call }) => known.has(call.case));
  return [...executed.flatMap(missesOfExecuted), ...spillsOf(results)];
}

function missesOfExecuted(executed: ExecutedCall): Miss[] {
  const { call, laneOperations, lines, bytes } = executed;
  const c = known.get(call.case)!;
  const { count, length, inner } = rowsOf(c.shape);
  const walks = call.dispatches.filter(({ kernel }) => !HELPERS.test(kernel));
  const roundTrips = Math.max(...walks.map((one) => one.executed!.roundTrips));
  const invocations = Math.max(...walks.map((one) => one.invocations));
  const scale = ELEMENTS / elementsOf(c.shape);
  const holds = inner === 1 ? (call.limits === 'raised' ? 32_768 : 16_384) : 1024;
  const most: readonly (readonly [goal: Goal, value: number, most: number])[] = [
    ['operations', laneOperations, mostOperations(c, call)],
    ['round trips', roundTrips, 2],
    ['lines', lines, length % 4 === 0 || inner > 1 ? 1.1 : 1.6],
    ['bytes', bytes, length <= holds ? 1.05 : Infinity],
    ['dispatches', count === 1 ? walks.length : 0, 2],
    // Of this goal the least counts.
    ['invocations', -invocations * scale, -FEWEST_INVOCATIONS],
  ];
  return most
    .filter(
      ([goal, value, limit]) => rounded(value) > limit && !(goal === 'invocations' && count === 1),
    )
    .map(([goal, value, limit]) => ({
      goal,
      device: settingOf(call),
      case: call.case,
      value: Math.abs(rounded(value)),
      most: Math.abs(limit),
    }));
}

const rounded = (value: number) => Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0));

/** By what the same time of memory allows: an operation that moves more may take more. */
function mostOperations(c: CompiledCase, call: CallResult): number {
  const { length } = rowsOf(c.shape);
  const bytes = call.ownBytes / call.elements;
  const share = bytes / BYTES[c.dtype];
  if (c.dtype === 'f16') return 35 * share;
  if (!call.subgroups && length >= 33) return 69 * share;
  return (length >= 256 ? 40 : 60) * share;
}

/** Values or bytes in private memory, on every chip; calls that differ in their setting alone count once. */
function spillsOf(results: CompilerResults): Miss[] {
  const found = new Map<string, Miss>();
  for (const { call, kernel } of withFigures(results)) {
    if (kernel.spills === 0 || !known.has(call.case)) continue;
    const { case: id, chip, engine } = call;
    const device = `${chip}, ${engine}`;
    found.set(`${device} ${id}`, {
      goal: 'spills',
      device,
      case: id,
      value: kernel.spills,
      most: 0,
    });
  }
  return [...found.values()];
}

export const describeMiss = ({ goal, device, case: id, value, most }: Miss): string =>
  `${id} (${device}): ${goal} ${value}, ${goal === 'invocations' ? 'at least' : 'at most'} ${most}`;
