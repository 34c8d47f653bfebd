import { checkTensor } from '../engine/check-tensor';
import type { Engine } from '../engine/engine';
import { GpuTensor, type HostArray } from '../engine/tensor';
import { Destroyable } from '../gpu/destroyable';
import { type Fault, firstOf } from '../gpu/faults';
import { bytesPer, type FloatDType, floatDTypes } from '../gpu/region';
import { ScratchPool } from '../gpu/scratch';
import { planCountTokens } from '../map/count-tokens';
import { planMove } from '../map/move';
import { planWiden } from '../map/widen';
import type { BitMask } from '../ops/mask';
import { type SampleOptions, sampleCall } from '../ops/sample';
import { checkChoice, checkInteger, checkOptions } from '../util/checks';
import { formatShape, notIn, wrongKind, wrongValue } from '../util/words';
import { Readings } from './readings';

const op = 'sampler';

/** Options of `sample` that a sampler sets itself. */
const own = ['axis', 'draws', 'rowOffset', 'out', 'encoder', 'pass'] as const;

/** Options of `sampler`: those of `sample`, and what its steps have in common. */
export interface SamplerOptions extends Omit<SampleOptions, (typeof own)[number]> {
  /** Rows of a step: sequences that are written at once. */
  rows: number;
  /** The length of a row: the vocabulary. */
  classes: number;
  /**
   * What tokens are on the GPU: 'i32' of shape [rows], or 'int64', two words each of shape [rows, 2], for
   * a runtime's input. Default 'i32'.
   */
  dtype?: 'i32' | 'int64' | undefined;
  /** Steps whose tokens may be on their way to the host, 0 … 64; default 2. With 0 none are copied. */
  depth?: number | undefined;
}

/** Options of a step. */
export interface StepOptions {
  /** Which row of logits [1, S, classes] to draw from, −S … S − 1; default: logits are the step's rows. */
  row?: number | undefined;
  /** What this step may draw, a bit a class, as in `mask: { bits }`; another one each step. */
  bits?: BitMask['bits'] | undefined;
  /** Record into this encoder instead of submitting. */
  encoder?: GPUCommandEncoder | undefined;
}

/**
 * A decode loop's draws: step after step one token a row, as `sample` draws it, with nothing made
 * anew and 4 bytes a token copied to the host. Row r of step t draws what
 * `sample(logits, { rowOffset: t·rows + r, … })` does; the number is kept on the GPU, so that steps
 * may be recorded ahead. A token that is drawn is counted in the `counts` of `penalties`, which are
 * [rows, classes].
 *
 * - `next(logits, { row, bits, encoder })` enqueues a step. `logits` are f32 or f16: [rows, classes] with any
 *   further axes of length 1, or [1, S, classes] of which `row` is drawn from (−1 is the last). It
 *   returns `{ tokens }`, a tensor that is the same at every step, and holds the step's tokens for
 *   what is enqueued after it.
 * - `read()` resolves with the tokens (Int32Array) of the first step not yet read, once what was
 *   recorded is submitted. Reads may overlap.
 * - `destroy()` frees what it holds, tokens too, and rejects reads that wait; `using` calls it.
 *
 * ```ts
 * const logits = engine.tensor([2, 1, 1.5, -3], [1, 4]); // a model would write them at every step
 * using tokens = sampler(engine, { rows: 1, classes: 4, seed: 7, temperature: 0.8 });
 * tokens.next(logits);
 * tokens.next(logits); // enqueued while the first is on its way
 * console.log(await tokens.read(), await tokens.read()); // 0, 0
 * ```
 *
 * @throws RangeError for rows, classes, depth, row, or logits of a shape that does not fit, and for
 * options that `sample` refuses, these at the first step; Error from `next` while `depth` steps are
 * not read; as a rejection of `read`, Error if there is no step to read, if the device is lost or
 * the sampler destroyed, or for a step that failed on the GPU.
 */
export function sampler(engine: Engine, options: SamplerOptions): Sampler {
  engine.checkUsable(op);
  checkOptions(op, 'options', options);
  const { rows, classes, depth = 2, dtype = 'i32', ...others } = options;
  checkInteger(op, 'rows', rows, 1, 2 ** 31 - 1);
  checkInteger(op, 'classes', classes, 1, 2 ** 31 - 1);
  checkInteger(op, 'depth', depth, 0, 64);
  checkChoice(op, 'dtype', dtype, ['i32', 'int64']);
  const taken = own.find((name) => (others as SampleOptions)[name] !== undefined);
  if (taken !== undefined) wrongKind(op, 'options', `no '${own.join("', '")}'`, `'${taken}'`);
  return new Sampler(engine, { rows, classes, depth, dtype }, others);
}

/** Made by `sampler`. */
export class Sampler extends Destroyable {
  /** The token of each row, i32. */
  private readonly drawn: GpuTensor<'i32'>;
  /** What a step returns: these, or the same of 64 bits in two words each. */
  private readonly tokens: GpuTensor<'i32'>;
  /** Of each row the number that it draws by next, in two words. */
  private readonly rowNumbers: GpuTensor<'u32'>;
  private readonly owned: readonly GpuTensor[];
  private readonly readings: Readings;
  private readonly pool: ScratchPool;
  /** What went wrong when all this was made. */
  private readonly faults: readonly Fault[];

  /** @internal */
  constructor(
    private readonly engine: Engine,
    private readonly size: { rows: number; classes: number; depth: number; dtype: string },
    private readonly options: SampleOptions,
  ) {
    super();
    const { rows, depth, dtype } = size;
    const numbers = Uint32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i / 2 : 0));
    this.rowNumbers = engine.tensor(numbers, [rows, 2]);
    const { runtime } = engine;
    runtime.faults.begin();
    this.drawn = engine.allocate(op, [rows], 'i32');
    // ONNX Runtime copies buffers by 16 bytes.
    const wide = dtype === 'int64' ? engine.allocate(op, [rows + (rows % 2), 2], 'i32') : undefined;
    this.tokens = wide?.slice(0, rows) ?? this.drawn;
    this.owned = [this.rowNumbers, this.drawn, ...(wide ? [wide] : [])];
    this.readings = new Readings(engine, op, rows, depth);
    this.pool = new ScratchPool(runtime.createBuffer, false);
    this.faults = [this.rowNumbers.fault, runtime.faults.end(op)];
  }

  /** Enqueues a step; see `sampler`. */
  next(logits: GpuTensor, options: StepOptions = {}): { readonly tokens: GpuTensor<'i32'> } {
    const { engine, drawn, tokens, readings } = this;
    const { rows, classes, depth } = this.size;
    readings.checkAlive();
    checkOptions(op, 'options', options);
    checkTensor(engine, op, 'logits', logits, floatDTypes);
    const { row, bits, encoder } = options;
    if (bits !== undefined && this.options.mask !== undefined) {
      throw new TypeError(`${op}: mask and bits are both given; give one of them`);
    }
    const copied = depth > 0 ? readings.next() : undefined;
    const x = this.rowsOf(logits, row);
    const drawing = {
      ...this.options,
      ...(bits !== undefined && { mask: { bits } }),
      ...(encoder && { encoder }),
      out: drawn,
    };
    const call = sampleCall(op, x, drawing, this.rowNumbers);
    call.pool = this.pool;
    const { counts } = this.options.penalties ?? {};
    if (counts) {
      const task = { counts, length: classes, rows, tokens: drawn, by: 1, prompt: false };
      call.add(planCountTokens, task);
      call.results.push(counts);
    }
    if (tokens !== drawn) {
      call.add(planWiden, { x: drawn, y: tokens });
      call.results.push(tokens);
    }
    if (copied) call.move(planMove, drawn, copied);
    engine.execute(call);
    if (copied) readings.add(firstOf([...this.faults, drawn.fault]));
    return { tokens };
  }

  /** The tokens of the first step that was not yet read; see `sampler`. */
  read(): Promise<HostArray<'i32'>> {
    return this.readings.read();
  }

  /** Frees what it holds, and rejects reads that wait. Idempotent, and called by `using`. */
  destroy(): void {
    this.readings.destroy();
    this.pool.destroy();
    for (const tensor of this.owned) tensor.destroy();
  }

  /** The rows to draw from as a tensor [rows, classes]. */
  private rowsOf(logits: GpuTensor<FloatDType>, row: number | undefined): GpuTensor<FloatDType> {
    const { rows, classes } = this.size;
    const { shape, count, dtype } = logits;
    const positions = count / classes;
    const isWhole = shape.at(-1) === classes;
    if (row === undefined) {
      if (!isWhole || positions !== rows) {
        const may = `shape [${rows}, ${classes}], or a row of [1, S, ${classes}] with row`;
        wrongValue(op, 'logits', may, formatShape(shape));
      }
    } else if (!isWhole || rows !== 1 || positions === 0) {
      const may = `shape [1, S, ${classes}] and rows 1, where row is given`;
      wrongValue(op, 'logits', may, `${formatShape(shape)} and ${rows}`);
    } else if (!Number.isInteger(row) || row < -positions || row >= positions) {
      const where = ` for shape ${formatShape(shape)}`;
      throw new RangeError(notIn(op, 'row', row, -positions, positions - 1, 'an integer', where));
    }
    const first = row === undefined ? 0 : row < 0 ? row + positions : row;
    const byteOffset = logits.byteOffset + bytesPer(dtype) * classes * first;
    const { engine, buffer } = logits;
    return new GpuTensor(engine, buffer, byteOffset, [rows, classes], dtype, false, logits);
  }
}
