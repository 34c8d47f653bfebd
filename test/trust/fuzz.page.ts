import {
  type Case,
  describeCase,
  halfInputs,
  type Inputs,
  type Library,
  makeInputs,
  makeReferences,
  replacedBy,
  resultDType,
  runOp,
} from '../../conformance/cases';
import { runCases } from '../../conformance/run-cases';
import * as library from '../../src/index';
import { createEngine, f16, type GpuTensor } from '../../src/index';
import type { Change, FuzzCall } from './fuzz-calls';
import { liberties, type Made, type Source, spoilings } from './fuzz-changes';
import { isOwnError, within } from './watch';

/** What a list of calls came to. */
export interface FuzzOutcome {
  /** Right results by operation, and errors by what was spoilt. */
  right: Record<string, number>;
  refused: Record<string, number>;
  /** Calls with liberties that were refused. */
  disliked: Record<string, number>;
  problems: { index: number; problem: string }[];
  /** Kernels compiled since the page was opened. */
  pipelines: number;
  maxUlp: number;
  maxShare: number;
}

interface Bench extends Source {
  readonly stray: string[];
  pipelines: number;
  /** What calls asked of the device. */
  touched: string[];
}

let bench: Promise<Bench> | undefined;

/** Two engines on one device, whose every use is noted, as is every error that nobody waits for. */
async function makeBench(): Promise<Bench> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const stray: string[] = [];
  device.addEventListener('uncapturederror', ({ error }) => {
    stray.push(`uncaptured error: ${error.message}`);
  });
  addEventListener('unhandledrejection', (event) => {
    stray.push(`unhandled rejection: ${event.reason}`);
    event.preventDefault();
  });
  const made: Bench = {
    engine: await createEngine({ device, f16 }),
    other: await createEngine({ device, f16 }),
    made: [],
    stray,
    pipelines: 0,
    touched: [],
  };
  const note = <T extends object>(of: T, name: keyof T & string) => {
    const method = (of[name] as (...args: unknown[]) => unknown).bind(of);
    Object.defineProperty(of, name, {
      value: (...args: unknown[]) => {
        if (name === 'createComputePipeline') made.pipelines++;
        made.touched.push(name);
        return method(...args);
      },
    });
  };
  for (const name of ['createBuffer', 'createBindGroup', 'createComputePipeline'] as const) {
    note(device, name);
  }
  note(device.queue, 'submit');
  note(device.queue, 'writeBuffer');
  return made;
}

/** The arguments of a case's call. */
function argumentsOf(c: Case, tensors: Record<string, GpuTensor>, outs: Record<string, GpuTensor>) {
  let made: Made | undefined;
  const listener = new Proxy({} as Library, {
    get:
      (_, op) =>
      (...all: unknown[]) => {
        // A value of the options that are noted next.
        if (op === 'adjust') return library.adjust(all[0] as library.AdjustOptions);
        const options = { ...(all.at(-1) as Record<string, unknown>) };
        made = { op: op as Made['op'], args: all.slice(0, -1), options, rest: [] };
        return undefined;
      },
  });
  runOp(listener, c, tensors, outs);
  return made!;
}

const make = (made: Made): unknown => {
  const options = 'instead' in made ? made.instead : made.options;
  return (library[made.op] as (...args: unknown[]) => unknown)(...made.args, options, ...made.rest);
};

/** Makes the calls; those that are right in batches, those that are spoilt one by one. */
export async function fuzz(calls: readonly FuzzCall[]): Promise<FuzzOutcome> {
  bench ??= makeBench();
  const all = await bench;
  const outcome: FuzzOutcome = {
    right: {},
    refused: {},
    disliked: {},
    problems: [],
    pipelines: 0,
    maxUlp: 0,
    maxShare: 0,
  };
  const add = (to: Record<string, number>, name: string) => {
    to[name] = (to[name] ?? 0) + 1;
  };
  const taken: { index: number; call: FuzzCall; case: Case }[] = [];
  calls.forEach((call, index) => {
    if (call.changes.every(({ kind }) => !(kind in spoilings))) {
      taken.push({ index, call, case: { ...call.case } });
      return;
    }
    const { problem, refused } = refuse(all, call);
    if (problem) outcome.problems.push({ index, problem });
    if (refused) add(outcome.refused, refused);
    else if (!problem)
      taken.push({ index, call: { ...call, changes: [] }, case: { ...call.case } });
  });
  const changes = new Map(taken.map((one) => [one.case, one.call.changes]));
  const disliked = new Set<Case>();
  const run = (c: Case, tensors: Record<string, GpuTensor>, outs: Record<string, GpuTensor>) => {
    const made = argumentsOf(c, tensors, outs);
    let inputs: Inputs | undefined;
    made.onHost = (tensor) => {
      inputs ??= makeInputs(c);
      return inputs[Object.keys(tensors).find((name) => tensors[name] === tensor) ?? ''];
    };
    for (const one of changes.get(c)!) made.options = liberties[one.kind]!(made, one);
    try {
      make(made);
    } catch (error) {
      if (isOwnError(error, made.op)) disliked.add(c);
      throw error;
    }
  };
  const cases = taken.map((one) => one.case);
  const results = await within(120_000, 'results', runCases(all.engine, cases, undefined, run));
  for (const [i, { index, call, case: c }] of taken.entries()) {
    const result = results[i]!;
    if (disliked.has(c) && !mustBeTaken(call)) add(outcome.disliked, call.changes[0]!.kind);
    else if (!result.ok) outcome.problems.push({ index, problem: result.report });
    else {
      add(outcome.right, c.op);
      outcome.maxUlp = Math.max(outcome.maxUlp, result.maxUlp);
      outcome.maxShare = Math.max(outcome.maxShare, result.maxShare);
    }
  }
  const done = all.engine.done().then(
    () => undefined,
    (error) => `done() told of a fault: ${error.message}`,
  );
  const late = await within(120_000, 'done()', done);
  // Uncaptured errors and unhandled rejections come in tasks of their own.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const stray = [...all.stray.splice(0), ...(late ? [late] : [])];
  if (stray.length > 0) outcome.problems.push({ index: -1, problem: stray.join('\n') });
  outcome.pipelines = all.pipelines;
  return outcome;
}

/** Whether all that is done to it is what no call may be refused for. */
const mustBeTaken = ({ case: { outside }, changes }: FuzzCall) =>
  !outside && changes.every(({ kind }) => kind === 'on the host');

/** Makes a call that must be refused: the problem if it is not, or not in our own words. */
function refuse(
  all: Bench,
  { case: c, changes }: FuzzCall,
): { problem?: string; refused?: string } {
  const { engine } = all;
  const inputs = makeInputs(c);
  const tensors: Record<string, GpuTensor> = {};
  for (const [name, { data, shape }] of Object.entries(inputs)) {
    const dtype = halfInputs(c, inputs).includes(name) ? { dtype: 'f16' as const } : {};
    tensors[name] = engine.tensor(data, shape, dtype);
  }
  const outs: Record<string, GpuTensor> = {};
  for (const [name, { shape, data }] of Object.entries(makeReferences(c, inputs))) {
    const dtype = resultDType(c, name);
    const replaced = tensors[replacedBy(c, inputs, name) ?? ''];
    outs[name] = replaced ?? engine.tensor(new Array(data.length).fill(0), shape, { dtype });
  }
  all.made.push(...Object.values(tensors), ...Object.values(outs));
  const made = argumentsOf(c, tensors, outs);
  const named = changes.flatMap((change) => spoil(made, change, all) ?? []);
  const kinds = changes.map(({ kind }) => kind).join(' + ');
  let problem: string | undefined;
  let refused: string | undefined;
  if (named.length > 0) {
    all.touched.length = 0;
    try {
      make(made);
      problem = `not refused: ${named.join(' and ')}`;
    } catch (error) {
      const [kind] = changes;
      refused = `${(error as Error).name} for ${kind!.kind}`;
      if (!isOwnError(error, made.op, named)) problem = `not our own error: ${error}`;
      else if (all.touched.length > 0) problem = `the GPU was asked for ${all.touched.join(', ')}`;
    }
  }
  for (const tensor of all.made.splice(0)) tensor.destroy();
  return {
    ...(problem && { problem: `${describeCase(c)}, ${kinds}: ${problem}` }),
    ...(refused && !problem && { refused }),
  };
}

function spoil(made: Made, change: Change, source: Source) {
  return spoilings[change.kind]?.(made, change, source);
}

/** Whether the page works after all that. */
export const namesOfChanges = () => ({
  spoilings: Object.keys(spoilings),
  liberties: Object.keys(liberties),
});
