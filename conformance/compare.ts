/** Holds f32 results to a reference and its bound, and prints what failed. */
import type { Reference } from '../src/reference';
import { MIN_NORMAL, type Term, terms, ulp } from '../src/reference/bounds';

/** How many failures are kept to be printed. */
const SHOWN = 8;

export interface Comparison {
  /** True when every element is within its bound. */
  ok: boolean;
  count: number;
  failures: number;
  /** The largest error in ULP of the expected value: Infinity where a special value is missed. */
  maxUlp: number;
  /** The largest error as a share of its bound: above 1 is a failure. */
  maxShare: number;
  /** The same by what the bound is mostly made of, where the reference says that. */
  shares: Partial<Record<Term, number>>;
  /** Index of the element with the largest share; 0 where nothing differs. */
  worst: number;
  /** The first failing indices, eight at most. */
  firstFailures: number[];
  /** Index of the last failing element, −1 without one. */
  lastFailure: number;
}

/**
 * Compares element by element. NaN and infinities must be met exactly; −0 is 0. An element below
 * 2⁻¹²⁶ that became zero is within its bound and counts in no maximum: that flush is allowed, and
 * measures nothing.
 * @param unit the distance of neighbouring values of the dtype that is stored; default: of f32.
 * @throws RangeError where the lengths differ
 */
export function compare(
  actual: Float32Array,
  expected: Reference,
  unit: (value: number) => number = ulp,
): Comparison {
  const { data, bound, term } = expected;
  const count = data.length;
  if (actual.length !== count) {
    throw new RangeError(`compare: actual: expected length ${count}, got ${actual.length}`);
  }
  const firstFailures: number[] = [];
  let failures = 0;
  let lastFailure = -1;
  let maxUlp = 0;
  let maxShare = 0;
  let worst = 0;
  const byTerm = new Float64Array(terms.length).fill(-1);
  for (let i = 0; i < count; i++) {
    const a = actual[i]!;
    const e = data[i]!;
    let ulps = 0;
    let share = 0;
    if (Math.abs(e) < Infinity) {
      const error = Math.abs(a - e);
      if (a === 0 && Math.abs(e) < MIN_NORMAL && error <= bound[i]!) {
        continue;
      }
      ulps = error / unit(e);
      share = error === 0 ? 0 : error / bound[i]!;
    } else if (!Object.is(a, e)) {
      ulps = Infinity;
      share = Infinity;
    }
    if (term && Math.abs(e) < Infinity && share > byTerm[term[i]!]!) byTerm[term[i]!] = share;
    if (ulps > maxUlp) {
      maxUlp = ulps;
    }
    if (share > maxShare) {
      maxShare = share;
      worst = i;
    }
    // A NaN share (of a NaN result, or of a bound that is NaN) is a failure too.
    if (!(share <= 1)) {
      failures++;
      lastFailure = i;
      if (firstFailures.length < SHOWN) {
        firstFailures.push(i);
      }
      if (Number.isNaN(share)) {
        maxUlp = Infinity;
        maxShare = Infinity;
        worst = i;
      }
    }
  }
  return {
    ok: failures === 0,
    count,
    failures,
    maxUlp,
    maxShare,
    shares: Object.fromEntries(
      Array.from(byTerm, (share, i) => [terms[i], share] as const).filter(
        ([, share]) => share >= 0,
      ),
    ),
    worst,
    firstFailures,
    lastFailure,
  };
}

/** What identifies the case that failed. */
export interface FailureContext {
  variant: string;
  /** The case: operation and options in words. */
  label: string;
  /** Shape of the input. */
  shape: readonly number[];
  seed: number;
  /** The command that runs this case alone. */
  rerun: string;
  /** The command that shows this case, where there is one. */
  debug?: string;
  /** The axis of the result that is the class, default −1; undefined for a result per row. */
  classAxis?: number | undefined;
}

/** A text for a failed comparison: the case, the range of failures, and a table of the first. */
export function describeFailure(
  context: FailureContext,
  actual: Float32Array,
  expected: Reference,
  comparison: Comparison,
): string {
  const { variant, label, shape, seed, rerun, debug } = context;
  const { failures, count, firstFailures, lastFailure, maxUlp, maxShare, worst } = comparison;
  const table = [['index', 'row', 'class', 'actual', 'expected', 'error in ULP', 'bound in ULP']];
  for (const i of firstFailures) {
    const e = expected.data[i]!;
    const unit = ulp(e);
    const special = !Number.isFinite(e);
    const [row, k] = position(i, expected.shape, 'classAxis' in context ? context.classAxis : -1);
    table.push([
      String(i),
      row,
      k,
      formatFloat(actual[i]!),
      formatFloat(e),
      special ? 'kind' : formatCount(Math.abs(actual[i]! - e) / unit),
      special ? 'exact' : formatCount(expected.bound[i]! / unit),
    ]);
  }
  return [
    `${label}: ${failures} of ${count} elements beyond their bound`,
    `  variant  ${variant}`,
    `  shape    [${shape.join(', ')}]`,
    `  seed     ${seed}`,
    `  failed   index ${firstFailures[0]} … ${lastFailure}`,
    `  worst    ${formatCount(maxUlp)} ULP, ${formatCount(maxShare)} × the bound at index ${worst}`,
    `  again    ${rerun}`,
    ...(debug ? [`  debug    ${debug}`] : []),
    ...alignRight(table).map((line) => `  ${line}`),
  ].join('\n');
}

/** Row and class of an element of a result; the class is '-' where the result has none. */
function position(i: number, shape: readonly number[], classAxis?: number): [string, string] {
  if (classAxis === undefined || shape.length === 0) {
    return [String(i), '-'];
  }
  const axis = classAxis < 0 ? classAxis + shape.length : classAxis;
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const k = Math.floor(i / inner) % shape[axis]!;
  const outer = Math.floor(i / (inner * shape[axis]!));
  return [String(outer * inner + (i % inner)), String(k)];
}

const formatFloat = (v: number): string =>
  Number.isFinite(v) && v !== 0 ? v.toExponential(8) : String(v);

const formatCount = (v: number): string =>
  v >= 1e5 ? (Number.isFinite(v) ? v.toExponential(1) : '∞') : v.toFixed(2);

function alignRight(table: readonly string[][]): string[] {
  const widths = table[0]!.map((_, c) => Math.max(...table.map((row) => row[c]!.length)));
  return table.map((row) => row.map((cell, c) => cell.padStart(widths[c]!)).join('  '));
}
