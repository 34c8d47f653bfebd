/** What runs in Deno: Node sends calls over their channel, this answers. */
import process from 'node:process';
import * as run from '../run';
import { describeAdapter } from './adapter';

/** From Node. */
export interface Call {
  /** One of `modules`. */
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** To Node: any number of steps, then a result or an error. */
export type Answer =
  | { readonly step: [step: string, done: number, total: number] }
  | { readonly result: unknown }
  | { readonly error: string };

/** By their path from the project's root, as in the page of a browser. */
const modules: Record<string, Record<string, unknown>> = {
  '/bench/run.ts': run,
  '/bench/deno/worker.ts': { describeAdapter },
};

const answer = (message: Answer) => process.send!(message);

globalThis.reportProgress = (...step) => answer({ step });

process.on('message', async ({ module, name, args }: Call) => {
  try {
    const called = modules[module]?.[name];
    if (typeof called !== 'function') throw new Error(`${module} has no function ${name} here`);
    answer({ result: await called(...args) });
  } catch (error) {
    answer({ error: String((error as Error).stack ?? error) });
  }
});
