/** Benchmarks operations on one shape: each is checked against the reference, then all are timed. */
import type { Engine, FloatDType, GpuTensor } from '../src';
import { bytesOf, bytesPer } from '../src/gpu/region';
import { type Check, check } from './check';
import { floorCandidates, type Traffic, trafficName } from './floor';
import { type Candidate, measure, type Timer, type Timing } from './measure';
import { Operands } from './operands';
import { type BenchOp, benchOps, type OpName } from './ops';
import { elementsOf, rowsOf, type Shape, shapeId } from './shapes';
import { variantsOf } from './variants';

/** An operation that ran. */
export interface OpMeasured {
  readonly op: OpName;
  /** Labels of the kernels one call dispatches, in order. */
  readonly variants: readonly string[];
  readonly milliseconds: number;
  readonly samples: readonly number[];
  /** Of the traffic that the maths needs, 10⁹ bytes a second. */
  readonly gigabytesPerSecond: number;
  /** Which of `floors` it is held to, and its time as a multiple of that. */
  readonly floor: string;
  readonly floorRatio: number;
  readonly check: Check;
}

/** An operation that threw. */
export interface OpFailed {
  readonly op: OpName;
  readonly error: string;
}

/** The fastest of a family of floor kernels. */
export interface Floor {
  /** Such as `1 read, 1 write`. */
  readonly traffic: string;
  /** Such as `runs of 64`. */
  readonly kernel: string;
  readonly milliseconds: number;
  readonly gigabytesPerSecond: number;
  /** The whole family. */
  readonly family: readonly { readonly kernel: string; readonly milliseconds: number }[];
}

export interface ShapeResult {
  readonly shape: Shape;
  /** Of logits, gradients and probabilities in memory. */
  readonly dtype: FloatDType;
  readonly timer: Timer;
  readonly floors: readonly Floor[];
  /** What the memory can do: a copy of a tensor of this size; only where it was asked for. */
  readonly copy?: Floor;
  readonly ops: readonly (OpMeasured | OpFailed)[];
}

/** What to run on a shape. */
export interface ShapeTask {
  readonly shape: Shape;
  readonly ops: readonly OpName[];
  /** Default f32. */
  readonly dtype?: FloatDType;
  /** Logits in place of random ones. */
  readonly logits?: Float32Array | undefined;
}

export interface BenchShapeOptions {
  /** Rounds and length of samples; see `measure`. */
  rounds?: number;
  sampleMs?: number;
  /** Whether to time a copy as well; default: no. */
  copy?: boolean;
  signal?: AbortSignal;
  /** Told what is being done, and how much of it is done. */
  onProgress?: (step: string, done: number, total: number) => void;
}

/**
 * Checks and times operations on one shape.
 *
 * @throws the signal's reason when it is aborted; Error for a failure on the GPU that no single
 * operation can be blamed for.
 */
export async function benchShape(
  engine: Engine,
  shape: Shape,
  ops: readonly OpName[],
  { logits, ...options }: BenchShapeOptions & Pick<ShapeTask, 'logits'> = {},
): Promise<ShapeResult> {
  const [result] = await benchShapes(engine, [{ shape, ops, logits }], options);
  return result!;
}

/** Like `benchShape`, on several shapes whose samples take turns. All their tensors are there at once. */
export async function benchShapes(
  engine: Engine,
  tasks: readonly ShapeTask[],
  { signal, copy = false, onProgress = () => {}, ...timing }: BenchShapeOptions = {},
): Promise<ShapeResult[]> {
  const contests: Contest[] = [];
  try {
    for (const task of tasks) contests.push(await prepare(engine, task, copy, onProgress, signal));
    const { timer, timings } = await measure(
      engine.device,
      contests.flatMap(({ candidates }) => candidates),
      { ...timing, signal, onProgress: (done, total) => onProgress('timing', done, total) },
    );
    await engine.done();
    const rest = [...timings];
    return contests.map((contest) =>
      resultOf(contest, timer, rest.splice(0, contest.candidates.length)),
    );
  } finally {
    for (const { operands } of contests) operands.destroy();
  }
}

type OpChecked = Pick<OpMeasured, 'op' | 'variants' | 'check'>;

/** The operations of a shape, checked, and who is to be timed. */
interface Contest {
  readonly operands: Operands;
  readonly found: readonly (OpChecked | OpFailed)[];
  readonly families: readonly Family[];
  /** The operations that ran, in order, then the families. */
  readonly candidates: readonly Candidate[];
}

async function prepare(
  engine: Engine,
  { shape, ops, logits, dtype = 'f32' }: ShapeTask,
  copy: boolean,
  onProgress: NonNullable<BenchShapeOptions['onProgress']>,
  signal?: AbortSignal,
): Promise<Contest> {
  const specs = ops.map((name): BenchOp => benchOps[name]);
  const inputs = new Set(specs.flatMap((op) => [...op.inputs]));
  const results = new Set(specs.flatMap((op) => [...op.results]));
  onProgress('making inputs', 0, ops.length);
  const operands = await Operands.create(engine, shape, inputs, results, { logits, dtype });
  try {
    const found: (OpChecked | OpFailed)[] = [];
    for (const op of ops) {
      signal?.throwIfAborted();
      onProgress(`checking ${op}`, found.length, ops.length);
      const { run, results }: BenchOp = benchOps[op];
      try {
        const bound = operands.bound(0);
        run(bound);
        await engine.done();
        const variants = variantsOf((pass) => run(operands.bound(0, pass)));
        const outputs = results.map((layout) => bound.out[layout]);
        found.push({ op, variants, check: await check(benchOps[op], operands, outputs) });
      } catch (error) {
        if (engine.lostMessage) throw error;
        found.push({ op, error: String(error) });
      }
    }
    const timed = found.filter((result) => 'check' in result).map(({ op }) => op);
    const families = floorFamilies(engine, operands, timed, copy);
    const candidates = [
      ...timed.map((op): Candidate => {
        return {
          name: op,
          record: (pass, call) => benchOps[op].run(operands.bound(call, pass)),
        };
      }),
      ...families.flatMap(({ candidates }) => candidates),
    ];
    return { operands, found, families, candidates };
  } catch (error) {
    operands.destroy();
    throw error;
  }
}

/** @param timings of the candidates, in their order. */
function resultOf(
  { operands: { shape, dtype }, found, families }: Contest,
  timer: Timer,
  timings: readonly Timing[],
): ShapeResult {
  const timed = found.filter((result) => 'check' in result);
  const rest = timings.slice(timed.length);
  const measured = families.map(({ traffic, candidates, bytes }): Floor => {
    const family = rest
      .splice(0, candidates.length)
      .map(({ name, milliseconds }) => ({ kernel: name, milliseconds }));
    const best = family.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
    return {
      traffic,
      ...best,
      gigabytesPerSecond: gigabytesPerSecond(bytes, best.milliseconds),
      family,
    };
  });
  const floors = measured.filter((_, i) => !families[i]!.copies);
  const copy = measured.find((_, i) => families[i]!.copies);
  const ops = found.map((result): OpMeasured | OpFailed => {
    if ('error' in result) return result;
    const { milliseconds, samples } = timings[timed.indexOf(result)]!;
    const floor = floors.find(({ traffic }) => traffic === floorOf(result.op))!;
    return {
      ...result,
      milliseconds,
      samples,
      gigabytesPerSecond: gigabytesPerSecond(minimalBytes(result.op, shape, dtype), milliseconds),
      floor: floor.traffic,
      floorRatio: milliseconds / floor.milliseconds,
    };
  });
  return { shape, dtype, timer, floors, ...(copy && { copy }), ops };
}

const floorOf = (op: OpName) => trafficName(benchOps[op].traffic);

/** Elements of the tensors that count as an operation's traffic. */
function trafficCount(op: OpName, shape: Shape): number {
  const count = elementsOf(shape);
  return benchOps[op].results.some((layout) => layout === 'square')
    ? count * rowsOf(shape).length
    : count;
}

function minimalBytes(op: OpName, shape: Shape, dtype: FloatDType): number {
  const { traffic, valuesPerRow } = benchOps[op];
  const tensors = trafficCount(op, shape) * (traffic.reads + traffic.writes);
  return tensors * bytesPer(dtype) + 4 * rowsOf(shape).count * valuesPerRow;
}

const gigabytesPerSecond = (bytes: number, milliseconds: number) => bytes / milliseconds / 1e6;

interface Family {
  readonly traffic: string;
  readonly candidates: readonly Candidate[];
  /** What each of them moves. */
  readonly bytes: number;
  /** Whether it copies, without exponentials. */
  readonly copies: boolean;
}

/**
 * A family of floor kernels for each kind of traffic, on the operands of an operation that has it,
 * and where it is asked for one that copies, for the first operation that reads and writes.
 */
function floorFamilies(
  engine: Engine,
  operands: Operands,
  names: readonly OpName[],
  copy: boolean,
): Family[] {
  const { shape, dtype } = operands;
  const families: Family[] = [];
  const add = (name: OpName, traffic: Traffic, copies: boolean) => {
    const op: BenchOp = benchOps[name];
    const key = copies ? COPY : trafficName(traffic);
    if (families.some((family) => family.traffic === key)) return;
    const count = trafficCount(name, shape);
    const slots = Array.from({ length: operands.slots }, (_, slot) => {
      const { inputs, out } = operands.bound(slot);
      const [a, b = a] = op.inputs;
      return {
        a: bindingOf(inputs[a!]),
        b: bindingOf(inputs[traffic.reads > 1 ? b! : a!]),
        result: bindingOf(out[op.results[op.results.length - 1]!]),
      };
    });
    // A family of this shape, which does not compete with that of another one.
    const family = `${shapeId(shape)} ${dtype} ${key}`;
    const work = { dtype, exponential: !copies };
    const candidates = floorCandidates(engine.device, traffic, count, slots, work);
    families.push({
      traffic: key,
      candidates: candidates.map((candidate) => ({ ...candidate, family })),
      bytes: bytesOf(count, dtype) * (traffic.reads + traffic.writes),
      copies,
    });
  };
  for (const name of names) add(name, benchOps[name].traffic, false);
  const copied = names.find(
    (name) => benchOps[name].traffic.reads > 0 && benchOps[name].traffic.writes > 0,
  );
  if (copy && copied) add(copied, { reads: 1, writes: 1 }, true);
  return families;
}

const COPY = 'copy';

/** A tensor's range, in whole vec4s. */
const bindingOf = ({ buffer, byteOffset, count, dtype }: GpuTensor): GPUBufferBinding => ({
  buffer,
  offset: byteOffset,
  size: 16 * Math.ceil(bytesOf(count, dtype) / 16),
});
