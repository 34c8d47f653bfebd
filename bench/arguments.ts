/** The command line's arguments. */
import { cac } from 'cac';
import { fits } from './fits';
import { type OpName, opNames } from './ops';
import { parseShape, SHAPE_HELP, type Shape } from './shapes';

const parts = ['all', 'ocr', 'table'] as const;
export type Part = (typeof parts)[number];

/** Operations to run on one shape. */
export interface Task {
  readonly shape: Shape;
  readonly ops: readonly OpName[];
}

export interface Arguments {
  readonly part: Part;
  /** The table; empty where only the OCR part runs. */
  readonly tasks: readonly Task[];
  readonly rounds: number;
  readonly headless: boolean;
  /** Where to write the results; undefined for the default. */
  readonly json: string | undefined;
}

/** A bad argument; the message says what it may be. */
export class UsageError extends Error {}

const shapeOf = (text: string) => parseShape(text)!;

/** What runs by default: every operation where its result fits, and some on shapes of their own. */
const fullTable: readonly Task[] = [
  ...[
    '1000x10',
    '100000x10',
    '16384x128',
    '4096x1000',
    '512x4096',
    '160x6625',
    '64x32768',
    '8x131072',
    '1x1000000',
  ].map((text) => ({ shape: shapeOf(text), ops: opNames })),
  ...['256x128', '4x1000'].map((text) => ({
    shape: shapeOf(text),
    ops: ['softmaxJacobian'] as const,
  })),
  ...['1000x4096@0', '1000000x10@0'].map((text) => ({
    shape: shapeOf(text),
    ops: ['softmax'] as const,
  })),
];

const quickShapes = ['1000x10', '160x6625', '8x131072'];

/**
 * Reads the arguments after the program's name.
 *
 * @returns undefined if they asked for help, which is printed then.
 * @throws UsageError for an unknown argument or a bad value.
 */
export function readArguments(argv: readonly string[]): Arguments | undefined {
  const cli = cac('npm run bench --');
  let found: Arguments | undefined;
  cli
    .command('[part]', 'Everything (all, the default), the text recognition (ocr), or the table')
    .option('--ops <names>', `Only these operations, joined by commas: ${opNames.join(', ')}`)
    .option('--shapes <shapes>', `These shapes, joined by commas: ${SHAPE_HELP}`)
    .option('--quick', `Fewer shapes (${quickShapes.join(', ')}) and rounds (3 for 5)`)
    .option('--json <file>', 'Write the results here; default results/bench-<date>.json')
    .option('--headful', 'Show the browser')
    .action((part: string | undefined, options: Record<string, unknown>) => {
      found = {
        part: oneOf('part', part ?? 'all', parts),
        tasks: part === 'ocr' ? [] : tasksOf(options),
        rounds: flag('quick', options) ? 3 : 5,
        headless: !flag('headful', options),
        json: text('json', options, 'a path'),
      };
      if (part === 'ocr' && (options.ops !== undefined || options.shapes !== undefined)) {
        throw new UsageError('--ops and --shapes choose from the table, which ocr leaves out');
      }
    });
  cli.help();
  try {
    cli.parse(['node', 'bench', ...argv]);
  } catch (error) {
    if ((error as Error).name !== 'CACError') throw error;
    throw new UsageError(`${(error as Error).message}; --help lists what there is`);
  }
  return found;
}

function tasksOf(options: Record<string, unknown>): Task[] {
  const shapesText = text('shapes', options, SHAPE_HELP);
  const opsText = text('ops', options, opNames.join(', '));
  const ops = opsText?.split(',').map((name) => oneOf('--ops', name.trim(), opNames));
  const shapes = (
    shapesText?.split(',') ?? (flag('quick', options) ? quickShapes : undefined)
  )?.map((name) => {
    const shape = parseShape(name);
    if (!shape) throw new UsageError(`--shapes has '${name}'; a shape may be ${SHAPE_HELP}`);
    return shape;
  });
  const table = shapes?.map((shape): Task => ({ shape, ops: opNames })) ?? fullTable;
  const tasks = table.map(({ shape, ops: all }) => ({
    shape,
    ops: all.filter((op) => (ops?.includes(op) ?? true) && fits(op, shape)),
  }));
  const possible = tasks.filter((task) => task.ops.length > 0);
  if (possible.length === 0) {
    throw new UsageError(
      `--ops is '${opsText}', whose results are too large for every shape; --shapes may name smaller ones`,
    );
  }
  return possible;
}

const flag = (name: string, options: Record<string, unknown>) => {
  const value = options[name];
  if (value === undefined) return false;
  if (typeof value !== 'boolean') {
    throw new UsageError(`--${name} is '${String(value)}'; it takes no value`);
  }
  return value;
};

/** cac turns digits into numbers and a repeated option into a list. */
function text(name: string, options: Record<string, unknown>, allowed: string): string | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  const given = Array.isArray(value) ? value.join(',') : String(value);
  if (given === '' || given === 'true') {
    throw new UsageError(`--${name} has no value; it may be ${allowed}`);
  }
  return given;
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((choice) => choice === value);
  if (found === undefined) {
    throw new UsageError(`${name} is '${value}'; it may be ${allowed.join(', ')}`);
  }
  return found;
}
