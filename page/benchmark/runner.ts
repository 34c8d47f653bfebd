/** Runs the steps of a benchmark one after the other, and keeps what each of them found. */

import { commit, peerVersions, version } from 'virtual:build-facts';
import type { AdapterReport } from '../../bench/adapter';
import { tableFailures, variantFailures } from '../../bench/failures';
import { compare } from '../../bench/peers/compare';
import { type Library, OURS, PEERS } from '../../bench/peers/libraries';
import { ourFailures } from '../../bench/peers/outcome';
import { FORMAT, type Results } from '../../bench/results';
import type { runShapes, runVariants } from '../../bench/run';
import type { OnProgress } from '../remote';
import { Bench } from './bench';
import { PeerTeam } from './peer-team';
import type { Settings } from './settings';
import { roundsOf, type Step } from './steps';

export interface Listener {
  /** A step begins. */
  onStep(step: Step, index: number): void;
  /** How much of the step in hand is done. */
  onProgress: OnProgress;
  /** What was found so far, after each step that found something. */
  onResults(results: Results): void;
}

/**
 * Runs all steps, or until the signal says stop: then at once, without the step in hand. A step that
 * fails is one of the `failures` of the results, and the others go on.
 */
export async function runSteps(
  steps: readonly Step[],
  settings: Settings,
  { adapter, tuning }: { adapter: AdapterReport; tuning: string | null },
  signal: AbortSignal,
  listener: Listener,
): Promise<Results> {
  const start = Date.now();
  let results: Results = {
    format: FORMAT,
    date: new Date(start).toISOString(),
    version,
    commit,
    adapter,
    seconds: 0,
    cancelled: false,
    ocr: null,
    table: [],
    growth: [],
    variants: [],
    peers: [],
    peerVersions: Object.fromEntries(settings.peers.map((name) => [name, peerVersions[name]!])),
    train: null,
    sample: [],
    failures: [],
  };
  const add = (found: Partial<Results>) => {
    results = { ...results, ...found, seconds: (Date.now() - start) / 1000 };
  };
  const bench = new Bench(tuning);
  const team = new PeerTeam();
  const libraries: Library[] = [OURS, ...PEERS.filter(({ name }) => settings.peers.includes(name))];
  const rounds = roundsOf(settings);
  const work = async (step: Step): Promise<void> => {
    if (step.kind === 'table') {
      const request = { rounds, copy: true };
      const found = await bench.call<typeof runShapes>(
        'runShapes',
        [[step.task], request],
        listener.onProgress,
      );
      add({
        table: [...results.table, ...found],
        failures: [...results.failures, ...tableFailures(found)],
      });
    } else if (step.kind === 'variants') {
      const request = { rounds, verify: true };
      const found = await bench.call<typeof runVariants>(
        'runVariants',
        [step.task, request],
        listener.onProgress,
      );
      add({
        variants: [...results.variants, ...found],
        failures: [...results.failures, ...variantFailures(found)],
      });
    } else {
      const { op, shape } = step;
      const { onProgress } = listener;
      const found = await compare(team, libraries, op, shape, { rounds, onProgress });
      // Cancelled, its workers fail.
      if (signal.aborted) return;
      add({
        peers: [...results.peers, found],
        failures: [...results.failures, ...ourFailures([found], [])],
      });
    }
  };
  const stop = () => {
    bench.end();
    team.close();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (const [i, step] of steps.entries()) {
      if (signal.aborted) break;
      listener.onStep(step, i);
      try {
        await work(step);
      } catch (error) {
        if (signal.aborted) break;
        bench.end();
        add({ failures: [...results.failures, `${step.name}: ${(error as Error).message}`] });
      }
      if (!signal.aborted) listener.onResults(results);
    }
  } finally {
    stop();
  }
  add({ cancelled: signal.aborted });
  return results;
}
