/**
 * `npm run bench`: the main job. Real logits of a text recogniser, softmaxed on the GPU and decoded;
 * then every operation over a table of shapes, each checked against the float64 reference and
 * timed beside the floor. Or how cost grows with size, or every regime beside the others,
 * or training, or the next token of a text. In Chromium, or another host.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import colors from 'picocolors';
import { formatAdapter } from './adapter';
import { type Arguments, benchCommand, type Command, readArguments, UsageError } from './arguments';
import type { ShapeResult } from './bench-shape';
import type { VariantsResult } from './bench-variants';
import { variantFailures } from './failures';
import {
  formatGrowth,
  GROWTH_LEGEND,
  GROWTH_SAMPLE_MS,
  growthFailures,
  growthTitle,
} from './growth';
import type { OcrBench } from './ocr/bench';
import type { runAdam, runLayer, runLearn, runOcr, runSample, runSteps } from './page';
import { compare } from './peers/compare';
import { OURS } from './peers/libraries';
import { type Comparison, ourFailures } from './peers/outcome';
import { formatComparison } from './peers/report';
import { PATIENCE_MS, Team } from './peers/team';
import { versionOf } from './peers/versions';
import { Progress } from './progress';
import { failuresOf, formatOcr, formatShape, formatSummary, LEGEND } from './report';
import { writeReport } from './report-page';
import { FORMAT, type Results } from './results';
import type { runShapes, runVariants } from './run';
import type { SampleResult } from './sample/bench';
import { formatSample, sampleFailures, sampleTitle } from './sample/report';
import { openBrowser, openSession, type Session } from './session';
import { shapeTitle } from './shapes';
import { fullSet } from './train/full-set';
import {
  formatAdam,
  formatLayer,
  formatLearned,
  formatSteps,
  stepTitle,
  type Training,
  trainingFailures,
} from './train/report';
import { ADAM_COUNT, stepShapes } from './train/shapes';
import { formatLaggards, formatVariants, VARIANTS_HEAD, VARIANTS_LEGEND } from './variants-table';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Where benchmarks run. */
export interface Host {
  readonly command: Command;
  /** Starts it; see `openSession`. */
  open(options: Parameters<typeof openSession>[0]): Promise<Session>;
}

const chromium: Host = { command: benchCommand, open: openSession };

/** Runs the benchmark and sets the exit status: 0 if all was right, 2 for bad arguments, else 1. */
export async function main(argv: readonly string[], host: Host = chromium): Promise<void> {
  try {
    const args = readArguments(argv, host.command);
    if (args) process.exitCode = (await bench(args, host)) ? 0 : 1;
  } catch (error) {
    const usage = error instanceof UsageError;
    console.error(colors.red(usage ? error.message : String((error as Error).stack ?? error)));
    process.exitCode = usage ? 2 : 1;
  }
}

async function bench(args: Arguments, { command, open }: Host): Promise<boolean> {
  const start = new Date();
  const path = resultsPath(command.results, start.toISOString(), args.json);
  const report = args.report && reportPath(path, args.report);
  const progress = new Progress(process.stderr);
  const session = await open({
    headless: args.headless,
    onProgress: (...step) => progress.step(...step),
  });
  try {
    console.log(`${formatAdapter(session.adapter)}\nfound     ${session.browser}\n`);
    const { ocr, table, growth, variants, train, sample } = await runParts(args, session, progress);
    const peers = await runPeers(args, progress);
    const results: Results = {
      format: FORMAT,
      date: start.toISOString(),
      version: version(),
      commit: commit(),
      adapter: session.adapter,
      seconds: (Date.now() - start.getTime()) / 1000,
      cancelled: false,
      ocr: ocr ?? null,
      table,
      growth,
      variants,
      peers,
      peerVersions: Object.fromEntries(args.peers.map((peer) => [peer.name, versionOf(peer)!])),
      train: train ?? null,
      sample,
      failures: [
        ...failuresOf(ocr, [...table, ...growth.flat()], session.faults),
        ...growth.flatMap(growthFailures),
        ...variantFailures(variants),
        ...ourFailures(peers, []),
        ...(train ? trainingFailures(train) : []),
        ...sampleFailures(sample),
      ],
    };
    writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
    if (report) await writeReport(results, report);
    const paths = [path, ...(report ? [report] : [])].map((file) => relative(process.cwd(), file));
    console.log(`\n${formatSummary(results, paths.join(', '))}`);
    return results.failures.length === 0;
  } finally {
    progress.clear();
    await session.close();
  }
}

/** Runs what is asked for and prints each part as it is done. */
async function runParts(args: Arguments, session: Session, progress: Progress) {
  const { rounds } = args;
  const steps =
    Number(args.ocr) +
    args.table.length +
    args.growth.length +
    args.variants.length +
    Number(args.train) * (3 + stepShapes.length) +
    args.sample.length;
  let step = 0;
  const show = (text: string, space = '\n') => {
    progress.clear();
    console.log(text + space);
  };
  const shapes = (tasks: Parameters<typeof runShapes>[0], sampleMs?: number) =>
    session.call<typeof runShapes>('/bench/run.ts', 'runShapes', tasks, {
      rounds,
      // The report's plots have it as a line.
      copy: args.report !== undefined,
      ...(sampleMs && { sampleMs }),
    });

  let ocr: OcrBench | undefined;
  if (args.ocr) {
    progress.begin('text recognition', ++step, steps);
    ocr = await session.call<typeof runOcr>('/bench/page.ts', 'runOcr', { rounds });
    show(formatOcr(ocr));
  }
  const table: ShapeResult[] = [];
  for (const task of args.table) {
    progress.begin(shapeTitle(task.shape), ++step, steps);
    const [result] = await shapes([task]);
    table.push(result!);
    show(formatShape(result!));
  }
  const growth: ShapeResult[][] = [];
  for (const pair of args.growth) {
    progress.begin(growthTitle(pair.map(({ shape }) => shape)), ++step, steps);
    const results = await shapes(pair, GROWTH_SAMPLE_MS);
    growth.push(results);
    show([formatGrowth(results), ...results.map(formatShape)].join('\n'));
  }
  const variants: VariantsResult[] = [];
  for (const task of args.variants) {
    if (step === 0) show(VARIANTS_HEAD);
    progress.begin(shapeTitle(task.shape), ++step, steps);
    const results = await session.call<typeof runVariants>('/bench/run.ts', 'runVariants', task, {
      rounds,
      verify: args.report !== undefined,
    });
    variants.push(...results);
    show(results.map(formatVariants).join('\n'), '');
  }
  let train: Training | undefined;
  if (args.train) {
    const call = <F extends (...args: never[]) => unknown>(name: string, ...given: Parameters<F>) =>
      session.call<F>('/bench/page.ts', name, ...given);
    progress.begin('softmax regression on images', ++step, steps);
    const learned = await call<typeof runLearn>('runLearn', fullSet()?.urls ?? null, args.quick);
    show(formatLearned(learned));
    const compared = [];
    for (const shape of stepShapes) {
      progress.begin(`a training step, ${stepTitle(shape)}`, ++step, steps);
      const result = await call<typeof runSteps>('runSteps', shape, rounds);
      compared.push(result);
      show(formatSteps(result));
    }
    progress.begin('a step of AdamW', ++step, steps);
    const adam = await call<typeof runAdam>('runAdam', ADAM_COUNT, rounds);
    show(formatAdam(adam));
    progress.begin('logits in blocks and whole', ++step, steps);
    const layer = await call<typeof runLayer>('runLayer', args.quick);
    show(formatLayer(layer));
    train = { learned, steps: compared, adam, layer };
  }
  const sample: SampleResult[] = [];
  for (const shape of args.sample) {
    progress.begin(sampleTitle(shape), ++step, steps);
    const result = await session.call<typeof runSample>(
      '/bench/page.ts',
      'runSample',
      shape,
      rounds,
    );
    sample.push(result);
    show(formatSample(result));
  }
  if (args.variants.length > 0) show(formatLaggards(variants));
  const legends = [
    ...(args.ocr || args.table.length + args.growth.length > 0 ? [LEGEND] : []),
    ...(args.growth.length > 0 ? [GROWTH_LEGEND] : []),
    ...(args.variants.length > 0 ? [VARIANTS_LEGEND] : []),
  ];
  console.log(colors.dim(legends.join('\n')));
  return { ocr, table, growth, variants, train, sample };
}

/** Softmax of other libraries on the shapes of the table. */
async function runPeers(
  { peers, table, rounds, headless }: Arguments,
  progress: Progress,
): Promise<Comparison[]> {
  if (peers.length === 0) return [];
  const libraries = [OURS, ...peers];
  const team = new Team(libraries, () => openBrowser({ headless }), PATIENCE_MS);
  const comparisons: Comparison[] = [];
  try {
    for (const { shape } of table) {
      progress.begin(`peers, ${shapeTitle(shape)}`, comparisons.length + 1, table.length);
      const onProgress = progress.step.bind(progress);
      const found = await compare(team, libraries, 'softmax', shape, { rounds, onProgress });
      progress.clear();
      comparisons.push(found);
      console.log(`${formatComparison(found)}\n`);
    }
  } finally {
    await team.close();
  }
  return comparisons;
}

/** Of the library. */
export const version = (): string =>
  (JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

/** The commit of the sources, and whether they were changed since; null without git or repository. */
export function commit(): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changed = git('status', '--porcelain').trim() !== '';
    return git('rev-parse', 'HEAD').trim() + (changed ? ' and changes' : '');
  } catch {
    return null;
  }
}

/**
 * Where the results go; its folder is made.
 *
 * @throws UsageError if no file can be written there: better now than after minutes of work.
 */
export function resultsPath(prefix: string, date: string, json?: string): string {
  const name = `${prefix}-${date.slice(0, 19).replaceAll(':', '-')}.json`;
  return writable('--json', json === undefined ? resolve(ROOT, 'results', name) : resolve(json));
}

/** Where the report goes: beside the results, unless it is said. */
function reportPath(results: string, report: string | true): string {
  return report === true
    ? results.replace(/(\.json)?$/, '.html')
    : writable('--report', resolve(report));
}

function writable(option: string, path: string): string {
  try {
    mkdirSync(dirname(path), { recursive: true });
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `${option}: expected a path that can be written (${(error as Error).message}), got '${path}'`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${option}: expected a path of a file, got '${path}', a folder`);
  }
  return path;
}
