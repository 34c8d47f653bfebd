/** What the command line calls, in a page or in Deno; arguments and results pass as JSON. */
import { createEngine, type Engine, f16, setTuning, type Tuning } from '../src';
import {
  type BenchShapeOptions,
  benchShapes,
  type ShapeResult,
  type ShapeTask,
} from './bench-shape';
import { type BenchVariantsOptions, benchVariants, type VariantsResult } from './bench-variants';

declare global {
  /** Given by the command line. */
  function reportProgress(step: string, done: number, total: number): void;
}

export type Request = Pick<BenchShapeOptions, 'rounds' | 'sampleMs' | 'copy'>;
export type VariantsRequest = Pick<BenchVariantsOptions, 'rounds' | 'sampleMs' | 'verify'>;

let engine: Promise<Engine> | undefined;
const faults: string[] = [];

/** One engine for all calls; what its device complains of fails the call in hand. */
export async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  engine ??= createEngine({ f16 }).then((engine) => {
    engine.device.addEventListener('uncapturederror', ({ error }) => faults.push(error.message));
    return engine;
  });
  const result = await work(await engine);
  if (faults.length > 0) throw new Error(`on the GPU: ${faults.splice(0).join('\n')}`);
  return result;
}

/** Plans with what was found on this adapter, from here on. */
export const tuneTo = (tuning: Tuning | undefined): Promise<void> =>
  withEngine(async (engine) => {
    setTuning(engine, tuning);
  });

/** Shapes whose samples take turns. */
export const runShapes = (tasks: readonly ShapeTask[], request: Request): Promise<ShapeResult[]> =>
  withEngine((engine) => benchShapes(engine, tasks, { ...request, onProgress: reportProgress }));

/** A shape's operations in every regime that can take its rows. */
export const runVariants = (task: ShapeTask, request: VariantsRequest): Promise<VariantsResult[]> =>
  withEngine((engine) => benchVariants(engine, task, { ...request, onProgress: reportProgress }));
