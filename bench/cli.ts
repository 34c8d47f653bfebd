/**
 * `npm run bench`: the main job. Real logits of a text recogniser, softmaxed on the GPU and decoded;
 * then every operation over a table of shapes, each checked against the float64 reference and
 * timed beside the floor.
 */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import colors from 'picocolors';
import { formatAdapter } from '../test/browser/adapter';
import { type Arguments, readArguments, UsageError } from './arguments';
import type { ShapeResult } from './bench-shape';
import type { OcrBench } from './ocr/bench';
import type { runOcr, runShape } from './page';
import { Progress } from './progress';
import { failuresOf, formatOcr, formatShape, formatSummary, LEGEND, type Results } from './report';
import { openSession, type Session } from './session';
import { shapeTitle } from './shapes';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = '/bench/page.ts';

/** Runs the benchmark and sets the exit status: 0 if all was right, 2 for bad arguments, else 1. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const args = readArguments(argv);
    if (args) process.exitCode = (await bench(args)) ? 0 : 1;
  } catch (error) {
    const usage = error instanceof UsageError;
    console.error(colors.red(usage ? error.message : String((error as Error).stack ?? error)));
    process.exitCode = usage ? 2 : 1;
  }
}

async function bench(args: Arguments): Promise<boolean> {
  const start = new Date();
  const path = resultsPath(start.toISOString(), args.json);
  const progress = new Progress(process.stderr);
  const session = await openSession({
    headless: args.headless,
    onProgress: (...step) => progress.step(...step),
  });
  try {
    console.log(`${formatAdapter(session.adapter)}\nfound     ${session.browser}\n`);
    const { ocr, table } = await runParts(args, session, progress);
    const results: Results = {
      date: start.toISOString(),
      commit: commit(),
      adapter: session.adapter,
      seconds: (Date.now() - start.getTime()) / 1000,
      ocr: ocr ?? null,
      table,
      failures: failuresOf(ocr, table, session.faults),
    };
    writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
    console.log(`\n${formatSummary(results, relative(process.cwd(), path))}`);
    return results.failures.length === 0;
  } finally {
    progress.clear();
    await session.close();
  }
}

/** Runs what is asked for and prints each part as it is done. */
async function runParts(args: Arguments, session: Session, progress: Progress) {
  const { part, tasks, rounds } = args;
  const steps = tasks.length + (part === 'table' ? 0 : 1);
  let step = 0;
  let ocr: OcrBench | undefined;
  const table: ShapeResult[] = [];
  if (part !== 'table') {
    progress.begin('text recognition', ++step, steps);
    ocr = await session.call<typeof runOcr>(PAGE, 'runOcr', { rounds });
    progress.clear();
    console.log(`${formatOcr(ocr)}\n`);
  }
  for (const { shape, ops } of tasks) {
    progress.begin(shapeTitle(shape), ++step, steps);
    const result = await session.call<typeof runShape>(PAGE, 'runShape', shape, ops, { rounds });
    progress.clear();
    table.push(result);
    console.log(`${formatShape(result)}\n`);
  }
  console.log(colors.dim(LEGEND));
  return { ocr, table };
}

/** The commit of the sources, and whether they were changed since; null without git or repository. */
function commit(): string | null {
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
function resultsPath(date: string, json?: string): string {
  const name = `bench-${date.slice(0, 19).replaceAll(':', '-')}.json`;
  const path = json === undefined ? resolve(ROOT, 'results', name) : resolve(json);
  try {
    mkdirSync(dirname(path), { recursive: true });
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new UsageError(
      `--json is '${path}', which cannot be written: ${(error as Error).message}`,
    );
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--json is '${path}', which is a folder; it may be a path of a file`);
  }
  return path;
}
