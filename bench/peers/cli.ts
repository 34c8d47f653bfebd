/**
 * `npm run bench:peers`: this library beside others, on the same adapter in the same browser. Every
 * result is checked against the float64 reference before it is timed.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import colors from 'picocolors';
import { formatAdapter } from '../adapter';
import { UsageError } from '../arguments';
// With its extension: '../cli' is cli.mjs first.
import { commit, resultsPath } from '../cli.ts';
import { Progress } from '../progress';
import { openBrowser } from '../session';
import { shapeTitle } from '../shapes';
import { type Accuracy, accuracyFailures, measureAccuracy } from './accuracy';
import { accuracyInputs } from './accuracy-inputs';
import {
  ACCURACY_LEGEND,
  accuracyMarkdown,
  formatAccuracy,
  formatAccuracyErrors,
} from './accuracy-report';
import { type PeerArguments, readPeerArguments } from './arguments';
import { compare, compareOverhead } from './compare';
import { OURS, OURS_ALLOCATING } from './libraries';
import { type Comparison, type Overhead, ourFailures } from './outcome';
import {
  formatComparison,
  formatComparisons,
  formatOverheads,
  PEER_LEGEND,
  type PeerResults,
} from './report';
import { PATIENCE_MS, Team } from './team';
import { versionOf } from './versions';

/** Runs the comparison and sets the exit status: 0 if ours was right, 2 for bad arguments, else 1. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const args = readPeerArguments(argv);
    if (args) process.exitCode = (await benchPeers(args)) ? 0 : 1;
  } catch (error) {
    const usage = error instanceof UsageError;
    console.error(colors.red(usage ? error.message : String((error as Error).stack ?? error)));
    process.exitCode = usage ? 2 : 1;
  }
}

async function benchPeers(args: PeerArguments): Promise<boolean> {
  const { tasks, peers, rounds, headless, overhead, accuracy } = args;
  const start = new Date();
  const path = resultsPath('peers', start.toISOString(), args.json);
  const progress = new Progress(process.stderr);
  const onProgress = progress.step.bind(progress);
  const libraries = [OURS, ...peers];
  const adapter = await describe(headless);
  const versions = Object.fromEntries(peers.map((peer) => [peer.name, versionOf(peer)!]));
  const words = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  console.log(`${formatAdapter(adapter)}\npeers     ${words.join(', ')}\n`);

  const team = new Team(
    [...libraries, OURS_ALLOCATING],
    () => openBrowser({ headless }),
    PATIENCE_MS,
  );
  try {
    const inputs = accuracy ? accuracyInputs : [];
    const steps = tasks.length + (overhead ? 1 : 0) + inputs.length;
    const comparisons: Comparison[] = [];
    for (const { op, shape } of tasks) {
      progress.begin(`${op} of ${shapeTitle(shape)}`, comparisons.length + 1, steps);
      const found = await compare(team, libraries, op, shape, { rounds, onProgress });
      progress.clear();
      comparisons.push(found);
      console.log(`${formatComparison(found)}\n`);
    }
    let overheads: Overhead[] = [];
    if (overhead) {
      progress.begin('time of a call', tasks.length + 1, steps);
      const all = [OURS, OURS_ALLOCATING, ...peers];
      overheads = await compareOverhead(team, all, { rounds, onProgress });
      progress.clear();
      console.log(`${formatOverheads(overheads)}\n`);
    }
    const measured: Accuracy[] = [];
    for (const [i, input] of inputs.entries()) {
      progress.begin(`errors: ${input.name}`, steps - inputs.length + i + 1, steps);
      measured.push(...(await measureAccuracy(team, libraries, input, { onProgress })));
      progress.clear();
    }
    if (comparisons.length > 0) {
      console.log(`${formatComparisons(comparisons)}\n\n${colors.dim(PEER_LEGEND)}`);
    }
    if (accuracy) {
      console.log(`${formatAccuracy(measured)}\n\n${colors.dim(ACCURACY_LEGEND)}\n`);
      for (const error of formatAccuracyErrors(measured)) console.log(colors.yellow(error));
      writeFileSync(path.replace(/(\.json)?$/, '.md'), accuracyMarkdown(measured));
    }
    const results: PeerResults = {
      date: start.toISOString(),
      commit: commit(),
      adapter,
      versions,
      seconds: (Date.now() - start.getTime()) / 1000,
      rounds,
      comparisons,
      overheads,
      accuracy: measured,
      failures: [
        ...ourFailures(comparisons, overheads),
        ...accuracyFailures(measured),
        ...[OURS, OURS_ALLOCATING].flatMap((library) => team.faultsOf(library)),
      ],
    };
    writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
    for (const failure of results.failures) console.log(colors.red(`failed: ${failure}`));
    const passed = results.failures.length === 0;
    const verdict = passed ? colors.green('passed') : colors.red('FAILED');
    console.log(`\n${verdict}: ${Math.round(results.seconds)} s, ${relative(process.cwd(), path)}`);
    return passed;
  } finally {
    progress.clear();
    await team.close();
  }
}

/** What a browser of the run says of its adapter. */
async function describe(headless: boolean) {
  const browser = await openBrowser({ headless });
  try {
    return await (await browser.openPage()).adapter();
  } finally {
    await browser.close();
  }
}
