/** The command line's arguments. */
import { cac } from 'cac';
import type { ShapeTask } from './bench-shape';
import { fits } from './fits';
import { type GrowthTask, growthTasks } from './growth';
import { type OpName, opNames } from './ops';
import { type Library, PEERS } from './peers/libraries';
import type { SampleShape } from './sample/bench';
import { sampleShapes } from './sample/report';
import { parseShape, SHAPE_HELP, type Shape } from './shapes';
import { variantsTasks } from './variants-table';

export type Part = 'all' | 'ocr' | 'table' | 'growth' | 'variants' | 'train' | 'sample';

const partHelp: Record<Part, string> = {
  all: 'ocr and table',
  ocr: 'the text recognition',
  table: 'operations over shapes',
  growth: 'how cost grows with size',
  variants: 'every regime that can take a shape',
  train: 'softmax regression on images, beside float64 and other libraries',
  sample: 'the next token, beside drawing it in JavaScript',
};

/** Whose arguments these are. */
export interface Command {
  /** As it is typed. */
  readonly name: string;
  /** What it can run; the first is the default. */
  readonly parts: readonly Part[];
  /** Whether there is a window that could be shown. */
  readonly window: boolean;
  /** How the names of its results' files begin. */
  readonly results: string;
}

export const benchCommand: Command = {
  name: 'npm run bench --',
  parts: ['all', 'ocr', 'table', 'growth', 'variants', 'train', 'sample'],
  window: true,
  results: 'bench',
};

/** What to run, in this order. */
export interface Arguments {
  readonly ocr: boolean;
  readonly table: readonly ShapeTask[];
  readonly growth: readonly GrowthTask[];
  readonly variants: readonly ShapeTask[];
  readonly train: boolean;
  readonly sample: readonly SampleShape[];
  /** Whether less of everything is to be run. */
  readonly quick: boolean;
  /** Other libraries, to be timed on the table's softmax. */
  readonly peers: readonly Library[];
  readonly rounds: number;
  readonly headless: boolean;
  /** Where to write the results; undefined for the default. */
  readonly json: string | undefined;
  /** Where to write the report; true for beside the results, undefined for nowhere. */
  readonly report: string | true | undefined;
}

/** A bad argument; the message says what it may be. */
export class UsageError extends Error {}

const shapeOf = (text: string) => parseShape(text)!;

/** What runs by default: every operation where its result fits, and some on shapes of their own. */
const fullTable: readonly ShapeTask[] = [
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
export function readArguments(
  argv: readonly string[],
  { name, parts, window }: Command = benchCommand,
): Arguments | undefined {
  const cli = cac(name);
  let found: Arguments | undefined;
  const [first, ...others] = parts.map((part) => `${part} (${partHelp[part]})`);
  const command = cli
    .command('[part]', `What to run: ${first}, the default, ${others.join(', ')}`)
    .option('--ops <names>', `Only these operations, joined by commas: ${opNames.join(', ')}`)
    .option('--shapes <shapes>', `These shapes, joined by commas: ${SHAPE_HELP}`)
    .option('--quick', `Fewer shapes (${quickShapes.join(', ')}) and rounds (3 for 5)`)
    .option('--json <file>', 'Write the results here; default in results/, named by the date')
    .option(
      '--report [file]',
      'Also write a page with plots, by default beside the results; a table then has the few shapes of variants',
    );
  if (window) {
    command
      .option('--headful', 'Show the browser')
      .option(
        '--peers [names]',
        `With the table, time other libraries' softmax too: ${PEERS.map(({ name }) => name).join(', ')}; all without names`,
      );
  }
  command.action((given: string | undefined, options: Record<string, unknown>) => {
    const part = oneOf('part', given ?? parts[0]!, parts);
    const [ops, shapes] = [opsOf(options), shapesOf(options)];
    const apart = part === 'ocr' || part === 'train' || part === 'sample';
    if (apart && ops) {
      throw new UsageError(`--ops chooses operations, and ${part} has its own`);
    }
    if ((apart || part === 'growth') && shapes) {
      throw new UsageError(`--shapes chooses from the table, and ${part} has its own`);
    }
    if (part === 'variants' && ops?.every((op) => op === 'softmaxJacobian')) {
      throw new UsageError(
        "--ops: expected operations with regimes, got 'softmaxJacobian', which has one kernel",
      );
    }
    const quick = flag('quick', options);
    const report = options.report === true ? true : text('report', options, 'a path, or no value');
    const table = part === 'all' || part === 'table';
    // The plots show the choice of the planner too.
    const mapped = table && report !== undefined;
    const peers = table ? peersOf(options) : [];
    found = {
      ocr: part === 'all' || part === 'ocr',
      table: table ? tableOf(quick, ops, shapes) : [],
      growth: part === 'growth' ? growthTasks(quick, ops) : [],
      variants:
        part === 'variants'
          ? variantsTasks(quick, ops, shapes)
          : mapped
            ? variantsTasks(true, firstWithRegimes(ops), shapes)
            : [],
      train: part === 'train',
      sample: part === 'sample' ? sampleShapes(quick) : [],
      quick,
      peers,
      rounds: quick ? 3 : 5,
      headless: !flag('headful', options),
      json: text('json', options, 'a path'),
      report,
    };
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

function opsOf(options: Record<string, unknown>): OpName[] | undefined {
  const names = text('ops', options, opNames.join(', '))?.split(',');
  return names?.map((name) => oneOf('--ops', name.trim(), opNames));
}

function peersOf(options: Record<string, unknown>): readonly Library[] {
  const names = PEERS.map(({ name }) => name);
  if (options.peers === undefined) return [];
  if (options.peers === true) return PEERS;
  const given = text('peers', options, names.join(', '))!.split(',');
  return given.map((name) => {
    const chosen = oneOf('--peers', name.trim(), names);
    return PEERS.find((peer) => peer.name === chosen)!;
  });
}

/** The operation whose regimes a report maps: the Jacobian has none. */
const firstWithRegimes = (ops: readonly OpName[] = ['softmax']): OpName[] =>
  ops.filter((op) => op !== 'softmaxJacobian').slice(0, 1);

function shapesOf(options: Record<string, unknown>): Shape[] | undefined {
  return text('shapes', options, SHAPE_HELP)
    ?.split(',')
    .map((name) => {
      const shape = parseShape(name);
      if (!shape) throw new UsageError(`--shapes: expected ${SHAPE_HELP}, got '${name}'`);
      return shape;
    });
}

function tableOf(
  quick: boolean,
  ops: readonly OpName[] | undefined,
  shapes = quick ? quickShapes.map(shapeOf) : undefined,
): ShapeTask[] {
  const table = shapes?.map((shape): ShapeTask => ({ shape, ops: opNames })) ?? fullTable;
  const tasks = table.map(({ shape, ops: all }) => ({
    shape,
    ops: all.filter((op) => (ops?.includes(op) ?? true) && fits(op, shape)),
  }));
  const possible = tasks.filter((task) => task.ops.length > 0);
  if (possible.length === 0) {
    throw new UsageError(
      `--ops '${ops?.join(', ')}' has results that are too large for every shape; name smaller ones by --shapes`,
    );
  }
  return possible;
}

export const flag = (name: string, options: Record<string, unknown>) => {
  const value = options[name];
  if (value === undefined) return false;
  if (typeof value !== 'boolean') {
    throw new UsageError(`--${name}: expected no value, got '${String(value)}'`);
  }
  return value;
};

/** cac turns digits into numbers and a repeated option into a list. */
export function text(
  name: string,
  options: Record<string, unknown>,
  allowed: string,
): string | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  const given = Array.isArray(value) ? value.join(',') : String(value);
  if (given === '' || given === 'true') {
    throw new UsageError(`--${name}: expected ${allowed}, got no value`);
  }
  return given;
}

export function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((choice) => choice === value);
  if (found === undefined) {
    throw new UsageError(`${name}: expected ${allowed.join(', ')}, got '${value}'`);
  }
  return found;
}
