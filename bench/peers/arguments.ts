/** The arguments of `npm run bench:peers`. */
import { cac } from 'cac';
import { flag, oneOf, text, UsageError } from '../arguments';
import { parseShape, SHAPE_HELP, type Shape } from '../shapes';
import { type Library, PEERS } from './libraries';
import { type PeerOp, peerOpNames } from './ops';

export interface PeerArguments {
  readonly tasks: readonly { readonly shape: Shape; readonly op: PeerOp }[];
  /** Whether the time of a call is measured. */
  readonly overhead: boolean;
  /** Whether errors are measured. */
  readonly accuracy: boolean;
  readonly peers: readonly Library[];
  readonly rounds: number;
  readonly headless: boolean;
  /** Where to write the results; undefined for the default. */
  readonly json: string | undefined;
}

const parts = ['all', 'table', 'overhead', 'accuracy'] as const;
const partHelp = `${parts[0]} (the default), table (shapes), overhead (calls) or accuracy (errors)`;

const FORWARD = ['softmax', 'logSoftmax'] as const;
const ROUNDS = 5;

/** The shapes that the project's goals name; backward where the goals do. */
const table: readonly (readonly [shape: string, ops: readonly PeerOp[]])[] = [
  ['1000x10', FORWARD],
  ['100000x10', FORWARD],
  ['16384x128', peerOpNames],
  ['4096x1000', peerOpNames],
  ['512x4096', FORWARD],
  ['160x6625', FORWARD],
  ['64x32768', FORWARD],
  ['8x131072', FORWARD],
  ['1x1000000', FORWARD],
  ['1000x4096@0', FORWARD],
];

/**
 * Reads the arguments after the program's name.
 *
 * @returns undefined if they asked for help, which is printed then.
 * @throws UsageError for an unknown argument or a bad value.
 */
export function readPeerArguments(argv: readonly string[]): PeerArguments | undefined {
  const cli = cac('npm run bench:peers --');
  const names = PEERS.map(({ name }) => name);
  let found: PeerArguments | undefined;
  cli
    .command('[part]', `What to run: ${partHelp}`)
    .option('--ops <names>', `Only these operations, joined by commas: ${peerOpNames.join(', ')}`)
    .option('--shapes <shapes>', `These shapes, joined by commas: ${SHAPE_HELP}`)
    .option('--peers <names>', `Only these peers, joined by commas: ${names.join(', ')}`)
    .option('--rounds <n>', `Samples of each, at least 1; default ${ROUNDS}`)
    .option('--json <file>', 'Write the results here; default in results/, named by the date')
    .option('--headful', 'Show the browser')
    .action((given: string | undefined, options: Record<string, unknown>) => {
      const part = oneOf('part', given ?? parts[0], parts);
      const table = part === 'all' || part === 'table';
      if (!table && (options.ops !== undefined || options.shapes !== undefined)) {
        throw new UsageError(`--ops and --shapes choose from the table, which ${part} leaves out`);
      }
      if (part === 'accuracy' && options.rounds !== undefined) {
        throw new UsageError('--rounds counts samples of time, and accuracy takes none');
      }
      const chosen = list('peers', options, names)?.map((name) => oneOf('--peers', name, names));
      found = {
        tasks: table ? tasksOf(options) : [],
        overhead: part === 'all' || part === 'overhead',
        accuracy: part === 'all' || part === 'accuracy',
        peers: PEERS.filter(({ name }) => chosen?.includes(name) ?? true),
        rounds: roundsOf(options),
        headless: !flag('headful', options),
        json: text('json', options, 'a path'),
      };
    });
  cli.help();
  try {
    cli.parse(['node', 'bench:peers', ...argv]);
  } catch (error) {
    if ((error as Error).name !== 'CACError') throw error;
    throw new UsageError(`${(error as Error).message}; --help lists what there is`);
  }
  return found;
}

function tasksOf(options: Record<string, unknown>): PeerArguments['tasks'] {
  const ops = list('ops', options, peerOpNames)?.map((name) => oneOf('--ops', name, peerOpNames));
  const shapes = list('shapes', options, [SHAPE_HELP])?.map((name) => [name, peerOpNames] as const);
  const tasks = (shapes ?? table).flatMap(([name, all]) => {
    const shape = parseShape(name);
    if (!shape) throw new UsageError(`--shapes: expected ${SHAPE_HELP}, got '${name}'`);
    return all.filter((op) => ops?.includes(op) ?? true).map((op) => ({ shape, op }));
  });
  return tasks;
}

const list = (name: string, options: Record<string, unknown>, allowed: readonly string[]) =>
  text(name, options, allowed.join(', '))
    ?.split(',')
    .map((part) => part.trim());

function roundsOf(options: Record<string, unknown>): number {
  const given = text('rounds', options, 'a whole number from 1') ?? String(ROUNDS);
  if (!/^[1-9]\d{0,3}$/.test(given)) {
    throw new UsageError(`--rounds: expected a whole number from 1 to 9999, got '${given}'`);
  }
  return Number(given);
}
