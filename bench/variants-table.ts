/**
 * `npm run bench:variants`: a grid of shapes in every regime that can take them, to see where the
 * planner's table is wrong.
 */
import colors from 'picocolors';
import { type RegimeName, regimeNames } from '../src/rows/regimes';
import type { ShapeTask } from './bench-shape';
import type { RegimeTime, VariantsResult } from './bench-variants';
import type { OpName } from './ops';
import { MAX_BEHIND } from './results';
import { elementsOf, parseShape, type Shape, shapeTitle } from './shapes';

const LENGTHS = [3, 10, 33, 128, 1000, 1025, 4096, 4097, 6625, 32_768, 131_075, 1_000_003];
const QUICK_LENGTHS = [10, 1000, 4097, 131_075];
const ELEMENTS = 2 ** 22;
const FEW_ROWS = 8;

/**
 * Few rows and many of each length, side by side and as columns.
 *
 * @param ops but for the Jacobian, which has one kernel and no regimes.
 */
export function variantsTasks(
  quick: boolean,
  ops: readonly OpName[] = ['softmax'],
  shapes: readonly Shape[] = (quick ? QUICK_LENGTHS : LENGTHS).flatMap(shapesOf),
): ShapeTask[] {
  const timed = ops.filter((op) => op !== 'softmaxJacobian');
  return shapes.map((shape) => ({ shape, ops: timed }));
}

function shapesOf(length: number): Shape[] {
  const many = Math.floor(ELEMENTS / length);
  const few = many > FEW_ROWS ? FEW_ROWS : 1;
  return [`${few}x${length}`, `${many}x${length}`, `${length}x${FEW_ROWS}@0`, `${length}x${many}@0`]
    .map((text) => parseShape(text)!)
    .filter((shape) => elementsOf(shape) <= 2 * ELEMENTS);
}

const short: Record<RegimeName, string> = {
  'row-per-invocation': 'row/invocation',
  'row-per-subgroup': 'row/subgroup',
  'row-per-workgroup': 'row/workgroup',
  'split-per-invocation': 'split/invocation',
  'split-per-workgroup': 'split/workgroup',
};

const CELL = 16;

export const VARIANTS_HEAD = colors.underline(
  [
    'shape'.padEnd(24),
    'best ms'.padStart(9),
    ...regimeNames.map((regime) => short[regime].padStart(CELL)),
  ].join(' '),
);

export const VARIANTS_LEGEND = [
  'best ms   of the fastest regime, median of rounds in which all take turns; the rest as multiples of it',
  '*         the choice of the planner;  ~  ruled out by the warm-up, ~~ by a probe on few rows;  -  cannot take the shape',
].join('\n');

/** A line of the table. */
export function formatVariants({ shape, op, regimes }: VariantsResult): string {
  const best = Math.min(
    ...regimes.filter(({ cut }) => cut === null).map(({ milliseconds }) => milliseconds),
  );
  const cells = regimeNames.map((name) => {
    const time = regimes.find(({ regime }) => regime === name);
    const text = (time ? cellOf(time) : '-').padStart(CELL);
    if (!time) return colors.dim(text);
    if (time.chosen) return time.ratio > MAX_BEHIND ? colors.red(text) : colors.green(text);
    return text;
  });
  const title = shapeTitle(shape) + (op === 'softmax' ? '' : ` ${op}`);
  return [title.padEnd(24), best.toFixed(3).padStart(9), ...cells].join(' ');
}

const cellOf = ({ ratio, chosen, cut }: RegimeTime) =>
  `${cut ? { 'warm-up': '~', probe: '~~' }[cut] : ''}${ratio.toFixed(2)}${chosen ? '*' : ' '}`;

/** Where the planner's choice is too far behind, one line each. */
export function formatLaggards(results: readonly VariantsResult[]): string {
  const laggards = laggardsOf(results);
  if (laggards.length === 0) {
    return colors.green('The choice of the planner is within 10 % of the best at every shape.');
  }
  return [
    `The choice of the planner is more than 10 % behind the best at ${laggards.length} of ${results.length}:`,
    ...laggards.map(
      ({ result: { op, shape }, chosen, best }) =>
        `  ${op} of ${shapeTitle(shape)}: ${chosen.regime} takes ${chosen.ratio.toFixed(2)} times as long as ${best.regime}`,
    ),
  ].join('\n');
}

export interface Laggard {
  readonly result: VariantsResult;
  readonly chosen: RegimeTime;
  readonly best: RegimeTime;
}

export const laggardsOf = (results: readonly VariantsResult[]): Laggard[] =>
  results.flatMap((result) => {
    const chosen = result.regimes.find((time) => time.chosen)!;
    const best = result.regimes.find(({ ratio, cut }) => ratio === 1 && cut === null)!;
    return chosen.ratio > MAX_BEHIND ? [{ result, chosen, best }] : [];
  });
