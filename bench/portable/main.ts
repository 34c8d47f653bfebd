/** What `run` runs, in Deno: checks, then times, then prints and writes what it found. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cac } from 'cac';
import colors from 'picocolors';
import { createEngine, type Engine, f16, type Tuning, tune } from '../../src';
import type { AdapterReport } from '../adapter';
import { benchShape, type ShapeResult } from '../bench-shape';
import { benchVariants, type VariantsResult } from '../bench-variants';
import { describeAdapter } from '../deno/adapter';
import { tableFailures, variantFailures } from '../failures';
import { opNames } from '../ops';
import { Progress } from '../progress';
import { formatShape, LEGEND } from '../report';
import { FORMAT, measuredOf, type Results } from '../results';
import { parseShape, type Shape, shapeTitle } from '../shapes';
import { formatLaggards, formatVariants, VARIANTS_HEAD, VARIANTS_LEGEND } from '../variants-table';
import { type Checks, runChecks } from './matrix';
import { type Torch, timeTorch } from './torch';

interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly out: string;
}

/** What the benchmark's own file has no place for. */
interface More {
  readonly seed: number;
  readonly checks: Checks;
  /** Null where the time was over. */
  readonly tuning: Tuning | null;
  readonly torch: Torch;
  /** What the time did not suffice for. */
  readonly leftOut: readonly string[];
}

/** When a part of the run is to be over, as shares of the time. */
const ENDS = { checks: 0.3, table: 0.65, variants: 0.8, tuning: 0.9, torch: 0.98 } as const;
/** Elements of a tensor: on a GPU more than its caches hold. */
const ELEMENTS = { gpu: 2 ** 24, software: 2 ** 18 } as const;
/** The most telling first, for the time may be over. */
const LENGTHS = [1000, 128, 10, 33, 4096, 50_257, 64, 1001, 16_384, 256, 8, 100, 31, 131_072];
const ROUNDS = 5;

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The wrong arguments are status 2, wrong results or a failure 1. */
async function main(argv: readonly string[]): Promise<number> {
  const cli = cac('run');
  let options: Options | undefined;
  cli
    .command('', 'Check and measure the GPU of this machine')
    .option('--minutes <n>', 'The time to stay within', { default: 8 })
    .option('--seed <n>', 'Which of the cases are checked', { default: 1 })
    .option('--out <name>', 'How the names of the files begin', { default: 'softmax-gpu' })
    .action((given: Options) => {
      options = given;
    });
  cli.help();
  try {
    cli.parse(['deno', 'run', ...argv]);
    if (!options) return 0;
    const { minutes, seed } = options;
    if (!(typeof minutes === 'number' && minutes > 0 && minutes <= 60)) {
      throw new RangeError(`--minutes: expected a number in (0, 60], got '${minutes}'`);
    }
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(`--seed: expected an integer, got '${seed}'`);
    }
  } catch (error) {
    console.error(colors.red((error as Error).message));
    return 2;
  }
  const adapter = await describeAdapter();
  if (!adapter) {
    console.error(
      colors.red('No GPU adapter: is a Vulkan driver installed, and may this user use it?'),
    );
    return 1;
  }
  console.log(
    `adapter   ${adapter.description || adapter.device} (${adapter.vendor}, ${adapter.architecture})\n` +
      `features  ${adapter.features.join(', ')}`,
  );
  return measure(options, adapter);
}

async function measure({ minutes, seed, out }: Options, adapter: AdapterReport): Promise<number> {
  const start = Date.now();
  const endOf = (part: keyof typeof ENDS) => start + ENDS[part] * minutes * 60_000;
  const progress = new Progress(process.stderr);
  const begin = (part: keyof typeof ENDS) =>
    progress.begin(part, Object.keys(ENDS).indexOf(part) + 1, Object.keys(ENDS).length);
  const leftOut: string[] = [];
  /** Does as much of a list as the time allows. */
  const each = async <T>(
    part: keyof typeof ENDS,
    all: readonly T[],
    nameOf: (one: T) => string,
    work: (one: T) => Promise<void>,
  ) => {
    begin(part);
    for (const one of all) {
      if (Date.now() < endOf(part)) await work(one);
      else leftOut.push(`${part}: ${nameOf(one)}`);
    }
    progress.clear();
  };

  const engine = await createEngine({ f16 });
  const faults: string[] = [];
  engine.device.addEventListener('uncapturederror', ({ error }) => faults.push(error.message));
  const onProgress = progress.step.bind(progress);

  begin('checks');
  const checks = await runChecks(engine, seed, endOf('checks'), (done, total) =>
    onProgress('cases', done, total),
  );
  progress.clear();
  console.log(`\n${formatChecks(checks)}\n`);

  const shapes = shapesOf(engine);
  const table: ShapeResult[] = [];
  await each('table', shapes, shapeTitle, async (shape) => {
    const isSquare = shape.dims.join() === SQUARE.dims.join();
    const ops = opNames.filter((op) => (op === 'softmaxJacobian') === isSquare);
    const result = await benchShape(engine, shape, ops, { rounds: ROUNDS, copy: true, onProgress });
    table.push(result);
    progress.clear();
    console.log(`${formatShape(result)}\n`);
  });
  if (table.length > 0) console.log(`${formatShares(table)}\n\n${LEGEND}\n`);

  const variants: VariantsResult[] = [];
  await each('variants', shapes.slice(0, -1), shapeTitle, async (shape) => {
    const options = { rounds: ROUNDS, onProgress };
    const found = await benchVariants(engine, { shape, ops: ['softmax'] }, options);
    progress.clear();
    if (variants.length === 0) console.log(VARIANTS_HEAD);
    variants.push(...found);
    console.log(found.map(formatVariants).join('\n'));
  });
  if (variants.length > 0) console.log(`${formatLaggards(variants)}\n${VARIANTS_LEGEND}\n`);

  begin('tuning');
  const tuning = await tuneWithin(engine, endOf('tuning'), onProgress);
  if (!tuning) leftOut.push('tuning');
  progress.clear();

  begin('torch');
  const rows = shapes.filter(({ axis }) => axis === 1).slice(0, -1);
  const torch = timeTorch(
    here('time_torch.py'),
    rows.map(({ dims }) => [dims[0]!, dims[1]!]),
    Math.max(1000, endOf('torch') - Date.now()),
  );
  progress.clear();
  console.log(formatTorch(torch, table));
  engine.destroy();

  const build = JSON.parse(readFileSync(here('build.json'), 'utf8')) as Pick<
    Results,
    'version' | 'commit'
  >;
  const results: Results = {
    format: FORMAT,
    date: new Date(start).toISOString(),
    ...build,
    adapter,
    seconds: (Date.now() - start) / 1000,
    cancelled: false,
    ocr: null,
    table,
    growth: [],
    variants,
    peers: [],
    peerVersions: {},
    train: null,
    sample: [],
    failures: [
      ...faults.map((fault) => `on the GPU: ${fault}`),
      ...(checks.failed > 0 ? [`checks: ${checks.failed} of ${checks.cases} cases failed`] : []),
      ...tableFailures(table),
      ...variantFailures(variants),
    ],
  };
  const more: More = { seed, checks, tuning, torch, leftOut };
  const files = [`${out}.json`, `${out}-more.json`];
  for (const [i, what] of [results, more].entries()) {
    writeFileSync(files[i]!, `${JSON.stringify(what, null, 2)}\n`);
  }
  if (leftOut.length > 0) console.log(`\nthe time was over before: ${leftOut.join('; ')}`);
  for (const failure of results.failures) console.error(colors.red(failure));
  console.log(`\n${Math.round(results.seconds)} s, ${files.join(', ')}`);
  return results.failures.length > 0 ? 1 : 0;
}

const SQUARE: Shape = { dims: [4, 1000], axis: 1 };

/** Rows of each length, columns, and a Jacobian's at the end. */
function shapesOf(engine: Engine): Shape[] {
  const elements = engine.isSoftware ? ELEMENTS.software : ELEMENTS.gpu;
  const columns = ['1000', '33'].map(
    (length) => `${length}x${Math.floor(elements / Number(length))}@0`,
  );
  const rows = LENGTHS.map((length) => `${Math.floor(elements / length)}x${length}`);
  return [...rows, ...columns].map((text) => parseShape(text)!).concat(SQUARE);
}

/** A tuning, or null if it takes until the deadline. */
async function tuneWithin(
  engine: Engine,
  deadline: number,
  onProgress: (step: string, done: number, total: number) => void,
): Promise<Tuning | null> {
  const signal = AbortSignal.timeout(Math.max(1, deadline - Date.now()));
  try {
    const told = (done: number, total: number) => onProgress('shapes', done, total);
    return await tune(engine, { signal, onProgress: told });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
}

const formatChecks = ({ all, cases, elements, maxShare, failed, reports }: Checks) =>
  [
    `${cases} of ${all} cases, ${elements} elements, ` +
      `${failed === 0 ? 'all within their bounds' : colors.red(`${failed} failed`)}, ` +
      `at most ${(100 * maxShare).toFixed(0)} % of a bound`,
    ...reports,
  ].join('\n');

/** Shares of the bandwidth of a copy, an operation a row, a shape a column. */
function formatShares(table: readonly ShapeResult[]): string {
  const measured = measuredOf(table);
  const titles = table.map(
    ({ shape }) => String(shape.dims[shape.axis]) + (shape.axis === 0 ? '@0' : ''),
  );
  const lines = opNames.map((op) => {
    const cells = table.map((result) => {
      const found = measured.find((one) => one.result === result && one.op.op === op);
      const copy = result.copy;
      if (!found || !copy) return '-';
      return `${Math.round((100 * found.op.gigabytesPerSecond) / copy.gigabytesPerSecond)} %`;
    });
    return op.padEnd(21) + cells.map((cell) => cell.padStart(9)).join('');
  });
  const head = 'share of a copy'.padEnd(21) + titles.map((title) => title.padStart(9)).join('');
  return [colors.underline(head), ...lines].join('\n');
}

/** PyTorch's times over ours. */
function formatTorch(torch: Torch, table: readonly ShapeResult[]): string {
  if ('absent' in torch) return `PyTorch   not timed: ${torch.absent}`;
  const measured = measuredOf(table);
  const lines = torch.results.flatMap(({ shape, milliseconds }) =>
    Object.entries(milliseconds).map(([op, theirs]) => {
      const ours = measured.find(
        (one) => one.op.op === op && one.result.shape.dims.join() === shape.join(),
      );
      const ratio = ours ? `${(theirs / ours.op.milliseconds).toFixed(2)} × ours` : '';
      return `  ${shape.join(' × ').padEnd(20)} ${op.padEnd(14)} ${theirs.toFixed(3).padStart(9)} ms  ${ratio}`;
    }),
  );
  return [`PyTorch ${torch.version} on ${torch.device}`, ...lines].join('\n');
}

process.exitCode = await main(process.argv.slice(2));
