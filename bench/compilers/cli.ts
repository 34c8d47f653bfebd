/**
 * `npm run bench:compilers`: what the compilers of GPUs make of the kernels that the planner picks, on chips
 * that are not there, and what the machine code for RDNA2 executes.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import colors from 'picocolors';
import { engines } from '../../compilers/engines';
import { findToolchain, type Toolchain } from '../../compilers/toolchain';
import { UsageError } from '../arguments';
// With its extension: '../cli' is cli.mjs first.
import { commit, resultsPath } from '../cli.ts';
import { Progress } from '../progress';
import { formatDifferences } from './against';
import { type CompilerArguments, isWhole, readCompilerArguments } from './arguments';
import { gpus } from './bandwidth';
import { collect } from './collect';
import { writeDocs } from './docs';
import { outdatedOf, unexpectedOf } from './exceptions';
import { missesOf } from './goals';
import { type CompilerResults, FORMAT } from './results';
import { allColumns, executedCalls, executedColumns, withFigures } from './rows';
import { withShares } from './shares';
import { textTable } from './text-table';

/** Runs and sets the exit status: 0 if all compiled, 2 for bad arguments, else 1. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const args = readCompilerArguments(argv);
    if (args) process.exitCode = (await benchCompilers(args)) ? 0 : 1;
  } catch (error) {
    const usage = error instanceof UsageError;
    console.error(colors.red(usage ? error.message : String((error as Error).stack ?? error)));
    process.exitCode = usage ? 2 : 1;
  }
}

async function benchCompilers(args: CompilerArguments): Promise<boolean> {
  const start = new Date();
  const path = resultsPath('compilers', start.toISOString(), args.json);
  console.log('bringing the compilers (the first time about 100 MB)');
  const toolchain = await findToolchain().catch((error: Error) => {
    console.error(colors.red(error.message));
    return undefined;
  });
  if (!toolchain) return false;
  const versions = versionsOf(toolchain);
  for (const [name, version] of Object.entries(versions)) console.log(`${name} ${version}`);
  const collected = await collect(toolchain, args, new Progress(process.stderr));
  const results: CompilerResults = {
    format: FORMAT,
    date: start.toISOString(),
    commit: commit(),
    seconds: (Date.now() - start.getTime()) / 1000,
    versions,
    ...collected,
    calls: withShares(collected),
  };
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
  print(results);
  if (args.against) console.log(`\n${formatDifferences(args.against, results)}`);
  if (args.docs) writeDocs(results);
  for (const reason of results.notExecuted) console.log(colors.yellow(`not executed: ${reason}`));
  const failures = [...results.failures, ...goalFailures(args, results)];
  for (const failure of failures) console.log(colors.red(`failed: ${failure}`));
  const passed = failures.length === 0;
  const verdict = passed ? colors.green('passed') : colors.red('FAILED');
  const counts = `${results.calls.length} calls, ${results.kernels.length} kernels`;
  const where = relative(process.cwd(), path);
  console.log(`\n${verdict}: ${counts}, ${Math.round(results.seconds)} s, ${where}`);
  return passed;
}

/** Calls that miss a goal and are no exceptions; after a run of the whole table, exceptions that are none too. */
function goalFailures(args: CompilerArguments, results: CompilerResults): string[] {
  const misses = missesOf(results);
  const unexpected = unexpectedOf(misses);
  console.log(`\n${misses.length - unexpected.length} misses of goals are known exceptions`);
  const outdated = isWhole(args) && results.failures.length === 0 ? outdatedOf(misses) : [];
  return [
    ...unexpected,
    ...outdated.map((key) => `${key} meets its goal: take it out of exceptions.json`),
  ];
}

function print(results: CompilerResults): void {
  console.log(`\n${textTable(allColumns, withFigures(results))}`);
  const executed = executedCalls(results.calls);
  if (executed.length > 0) {
    const names = gpus.map(({ name }) => name);
    console.log(`\nexecuted on RDNA2\n${textTable(executedColumns(names), executed)}`);
  }
}

function versionsOf({ packages }: Toolchain): Record<string, string> {
  const debian = ['mesa-vulkan-drivers', 'mesa-drm-shim'].map((name) => [
    name,
    packages.versions[name]!,
  ]);
  return Object.fromEntries([...debian, ...engines.map((engine) => [engine.name, engine.title()])]);
}
