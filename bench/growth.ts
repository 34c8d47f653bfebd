/**
 * How cost grows: time per element on 2²⁰ and on 2²⁴ elements, whose samples take turns. It should
 * stay the same, whether rows are added or they become longer.
 */
import colors from 'picocolors';
import type { OpMeasured, ShapeResult, ShapeTask } from './bench-shape';
import { formatVariant } from './format';
import type { OpName } from './ops';
import { elementsOf, type Shape, shapeTitle } from './shapes';

/** Times per element may differ by this factor at most. */
const MAX_GROWTH = 1.3;

/** Samples of the small shape last this long at least, since those of the large one do. */
export const GROWTH_SAMPLE_MS = 100;

const SMALL = 2 ** 20;
/** 2²⁴ but for 0.2 %: walked twice, it must not need several submissions on a CPU-backed adapter. */
const LARGE = 2 ** 24 - 2 ** 15;
/** Row lengths at which rows are added. */
const LENGTHS = [10, 128, 1000, 4096, 32_768];
const QUICK_LENGTHS = [10, 1000, 32_768];
/** Number of rows that become longer, past the length at which rows are split. */
const ROWS = 1024;
const OPS: readonly OpName[] = ['softmax', 'crossEntropyWithGrad'];

/** The same operations on a small shape and on a large one. */
export type GrowthTask = readonly [small: ShapeTask, large: ShapeTask];

export function growthTasks(quick: boolean, ops: readonly OpName[] = OPS): GrowthTask[] {
  const pair = (shapeOf: (elements: number) => readonly number[]): GrowthTask => {
    const task = (elements: number) => ({ shape: { dims: shapeOf(elements), axis: 1 }, ops });
    return [task(SMALL), task(LARGE)];
  };
  return [
    ...(quick ? QUICK_LENGTHS : LENGTHS).map((length) =>
      pair((elements) => [Math.floor(elements / length), length]),
    ),
    pair((elements) => [ROWS, elements / ROWS]),
  ];
}

/** How an operation's time per element changed from the small shape to the large one. */
export interface Growth {
  readonly op: OpName;
  readonly small: OpMeasured;
  readonly large: OpMeasured;
  /** Nanoseconds per element. */
  readonly smallNs: number;
  readonly largeNs: number;
  /** The second by the first. */
  readonly ratio: number;
  /** The same of the floor. */
  readonly floorRatio: number;
}

/** What became of the operations that ran on both shapes. */
export function growthOf([small, large]: readonly ShapeResult[]): Growth[] {
  const perElement = ({ shape }: ShapeResult, milliseconds: number) =>
    (1e6 * milliseconds) / elementsOf(shape);
  const floorNs = (result: ShapeResult, { floor }: OpMeasured) =>
    perElement(result, result.floors.find(({ traffic }) => traffic === floor)!.milliseconds);
  return small!.ops.flatMap((before, i) => {
    const after = large!.ops[i]!;
    if ('error' in before || 'error' in after) return [];
    const smallNs = perElement(small!, before.milliseconds);
    const largeNs = perElement(large!, after.milliseconds);
    const ratio = largeNs / smallNs;
    const floorRatio = floorNs(large!, after) / floorNs(small!, before);
    return { op: before.op, small: before, large: after, smallNs, largeNs, ratio, floorRatio };
  });
}

export const GROWTH_LEGEND = [
  `ns        per element;  growth  of that from the small shape to the large one, at most ${MAX_GROWTH}`,
  'floor     growth of the floor, in the same run',
].join('\n');

const HEAD = [
  'operation'.padEnd(21),
  'ns small'.padStart(9),
  'ns large'.padStart(9),
  'growth'.padStart(7),
  'floor'.padStart(6),
  'variants',
].join('  ');

/** The table of one pair. */
export function formatGrowth(results: readonly ShapeResult[]): string {
  const lines = [
    `${colors.bold(growthTitle(results.map(({ shape }) => shape)))}  ${colors.dim(`timer ${results[0]!.timer}`)}`,
    colors.underline(HEAD),
  ];
  for (const { op, small, large, smallNs, largeNs, ratio, floorRatio } of growthOf(results)) {
    const variants = new Set([small, large].map((result) => formatVariant(result.variants)));
    const text = [
      op.padEnd(21),
      smallNs.toFixed(3).padStart(9),
      largeNs.toFixed(3).padStart(9),
      ratio.toFixed(2).padStart(7),
      floorRatio.toFixed(2).padStart(6),
      [...variants].join(', '),
    ].join('  ');
    lines.push(ratio > MAX_GROWTH ? colors.red(text) : text);
  }
  return lines.join('\n');
}

export const growthTitle = (shapes: readonly Shape[]) => shapes.map(shapeTitle).join(' to ');

/** Where time per element grew too much, one line each. */
export function growthFailures(results: readonly ShapeResult[]): string[] {
  return growthOf(results)
    .filter(({ ratio }) => !(ratio <= MAX_GROWTH))
    .map(
      ({ op, ratio }) =>
        `${op} of ${growthTitle(results.map(({ shape }) => shape))}: ` +
        `time per element grows ${ratio.toFixed(2)} times, more than ${MAX_GROWTH}`,
    );
}
