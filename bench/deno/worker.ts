/** What runs in Deno: Node sends calls over their channel, this answers. */
import process from 'node:process';
import type { AdapterReport } from '../adapter';
import * as run from '../run';

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

/** Its adapter, for `call`; null if it has none. */
export async function describeAdapter(): Promise<AdapterReport | null> {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) return null;
  const { info } = adapter;
  return {
    browser: `Deno ${process.versions.deno}`,
    vendor: info.vendor,
    architecture: info.architecture,
    device: info.device,
    description: info.description,
    fallback: info.isFallbackAdapter,
    subgroupMinSize: info.subgroupMinSize,
    subgroupMaxSize: info.subgroupMaxSize,
    features: [...adapter.features].sort(),
  };
}

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
