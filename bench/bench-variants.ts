/** Times an operation on one shape in every regime that can take its rows. */
import type { Engine, FloatDType, RegimeName } from '../src';
import { describeDevice } from '../src/gpu/device';
import { regimeNames } from '../src/rows/regimes';
import { canTake, chooseTier } from '../src/rows/tiers';
import type { BenchShapeOptions, ShapeTask } from './bench-shape';
import { type Check, check } from './check';
import { type Candidate, type MeasureOptions, measure, type Timer } from './measure';
import { Operands } from './operands';
import { type BenchOp, type Bound, benchOps, type OpName } from './ops';
import { rowsOf, type Shape } from './shapes';

export interface RegimeTime {
  readonly regime: RegimeName;
  /** Whether the planner chooses it for such rows; it is then timed with the planner's chunks. */
  readonly chosen: boolean;
  /** Per call; of those that the probe ruled out, there. */
  readonly milliseconds: number;
  /** By the fastest that was sampled, or in the same probe. */
  readonly ratio: number;
  /** What ruled it out before the rounds, if anything did. */
  readonly cut: 'probe' | 'warm-up' | null;
  /** Of what it gave on this shape, or where it was ruled out there in the probe; where it was asked for. */
  readonly check?: Check;
}

export interface BenchVariantsOptions extends BenchShapeOptions {
  /** Whether results are held to the reference before they are timed; default: no. */
  verify?: boolean;
}

export interface VariantsResult {
  readonly shape: Shape;
  readonly op: OpName;
  /** Of logits, gradients and probabilities in memory. */
  readonly dtype: FloatDType;
  readonly timer: Timer;
  /** Those that can take the rows. */
  readonly regimes: readonly RegimeTime[];
}

/** Elements that a regime is first tried on: barriers on a software adapter may take minutes. */
const PROBE = 2 ** 16;
/** Who takes so many times as long as the fastest there goes no further. */
const TOO_SLOW = 8;

/**
 * One result for each operation of the task. All regimes are tried on few rows first; those that
 * kept up, and the planner's choice, are then timed in turns.
 */
export async function benchVariants(
  engine: Engine,
  { shape, ops, dtype = 'f32' }: ShapeTask,
  { signal, verify = false, onProgress = () => {}, ...timing }: BenchVariantsOptions = {},
): Promise<VariantsResult[]> {
  const { length, inner } = rowsOf(shape);
  const tuned = engine.tuning?.tiers;
  const device = { ...describeDevice(engine.device, {}), ...(tuned && { tuned }) };
  const regimes = regimeNames.filter((regime) => canTake(regime, length, inner > 1, device));
  const chosen = chooseTier(length, inner > 1, device).regime;
  const results: VariantsResult[] = [];
  for (const op of ops) {
    const race = async (shape: Shape, regimes: readonly RegimeName[], options: MeasureOptions) => {
      const { timer, timings, checks } = await time(
        engine,
        op,
        { shape, dtype },
        regimes,
        chosen,
        verify,
        {
          signal,
          ...options,
        },
      );
      const sampled = timings.filter(({ ruledOut }) => !ruledOut);
      const fastest = Math.min(...sampled.map(({ milliseconds }) => milliseconds));
      const times = timings.map(({ milliseconds, ruledOut }, i): RegimeTime => {
        const regime = regimes[i]!;
        const cut = ruledOut ? 'warm-up' : null;
        const ratio = milliseconds / fastest;
        const check = checks[i];
        return {
          regime,
          chosen: regime === chosen,
          milliseconds,
          ratio,
          cut,
          ...(check && { check }),
        };
      });
      return { timer, times };
    };
    onProgress(`${op} on few rows`, 0, 1);
    const probe = await race(probeOf(shape), regimes, { rounds: 1, sampleMs: 1 });
    const slow = probe.times.filter(({ ratio, chosen }) => ratio > TOO_SLOW && !chosen);
    const rest = regimes.filter((name) => !slow.some(({ regime }) => regime === name));
    const { timer, times } = await race(shape, rest, {
      ...timing,
      onProgress: (done, total) => onProgress(op, done, total),
    });
    const all = [...times, ...slow.map((time): RegimeTime => ({ ...time, cut: 'probe' }))];
    results.push({ shape, op, dtype, timer, regimes: all });
  }
  await engine.done();
  return results;
}

/** Rows of the same length, side by side; columns have no regime with barriers. */
function probeOf(shape: Shape): Shape {
  const { count, length, inner } = rowsOf(shape);
  const rows = Math.min(count, Math.ceil(PROBE / length));
  return inner > 1 ? shape : { dims: [rows, length], axis: 1 };
}

/** Checks, then samples that take turns. */
async function time(
  engine: Engine,
  name: OpName,
  { shape, dtype }: { shape: Shape; dtype: FloatDType },
  regimes: readonly RegimeName[],
  chosen: RegimeName,
  verify: boolean,
  options: MeasureOptions,
) {
  const benchOp: BenchOp = benchOps[name];
  const { inputs, results, run } = benchOp;
  const operands = await Operands.create(engine, shape, new Set(inputs), new Set(results), {
    dtype,
  });
  try {
    const call = (regime: RegimeName, bound: Bound) =>
      run(regime === chosen ? bound : { ...bound, regime });
    const checks: Check[] = [];
    for (const regime of verify ? regimes : []) {
      options.signal?.throwIfAborted();
      const bound = operands.bound(0);
      call(regime, bound);
      await engine.done();
      const outputs = results.map((layout) => bound.out[layout]);
      checks.push(await check(benchOp, operands, outputs));
    }
    const candidates = regimes.map(
      (regime): Candidate => ({
        name: regime,
        family: 'regimes',
        record: (pass, n) => call(regime, operands.bound(n, pass)),
      }),
    );
    return { ...(await measure(engine.device, candidates, options)), checks };
  } finally {
    operands.destroy();
  }
}
