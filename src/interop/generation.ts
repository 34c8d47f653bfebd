import { Call } from '../engine/call';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, partOf } from '../gpu/region';
import { planMove } from '../map/move';
import { countTokens } from '../ops/count-tokens';
import type { BitMask } from '../ops/mask';
import type { Penalties } from '../ops/penalties';
import { type Sampler, type SamplerOptions, sampler } from '../sampler/sampler';
import { wrongValue } from '../util/words';
import type { GenerativeModel, Head, Tensors } from './model';
import { classOf, type ModelTensor, Picks } from './picks';

const op = 'generate';

/** How tokens are drawn: options of `sampler`. */
export interface DrawOptions
  extends Omit<SamplerOptions, 'rows' | 'classes' | 'dtype' | 'depth' | 'penalties'> {
  /** Without `counts`: those of the prompt and of what is drawn are kept for each call. */
  penalties?: Omit<Penalties, 'counts'> | undefined;
  /**
   * What a step may draw, a bit a token as in `mask: { bits }`: a grammar's mask, called before each draw
   * with all tokens of each text so far, the prompt first. Nothing: every token.
   */
  bits?: ((ids: readonly (readonly bigint[])[]) => BitMask['bits'] | undefined) | undefined;
}

/** A call of a model's `generate`, which draws on the GPU: what it holds, until it is destroyed. */
export class Generation {
  private draws: Sampler | undefined;
  private counts: GpuTensor<'u32'> | undefined;
  /** The logits of a step, [rows, 1, classes], which each step's are written over. */
  private step: GpuTensor<FloatDType> | undefined;
  /** Logits that were written and not drawn from, [rows, positions, classes]. */
  private logits: GpuTensor<FloatDType> | undefined;
  /** What was thrown for logits that cannot be placed. */
  private refused: unknown;
  private picks: Picks | undefined;
  /** The tokens of each row so far; transformers.js adds to them. */
  private ids!: readonly (readonly bigint[])[];

  constructor(
    private readonly engine: Engine,
    private readonly head: Head,
    private readonly options: DrawOptions,
  ) {}

  /** The model, whose steps leave the logits on the GPU and give what is drawn of them. */
  modelOf<M extends GenerativeModel>(model: M): M {
    const { name, session } = this.head;
    const call = (method: string, args: unknown[]) =>
      Reflect.apply(Reflect.get(model, method) as () => unknown, view, args);
    const own: Record<string, unknown> = {
      sessions: {
        ...model.sessions,
        [name]: Object.create(session, { run: { value: (feeds: Tensors) => this.run(feeds) } }),
      },
      forward: async (inputs: object) => {
        const outputs = (await call('forward', [inputs])) as object;
        if (this.refused) throw this.refused;
        return { ...outputs, logits: await this.draw(inputs) };
      },
      prepare_inputs_for_generation: (ids: bigint[][], ...rest: unknown[]) => {
        this.ids = ids;
        return call('prepare_inputs_for_generation', [ids, ...rest]);
      },
      _get_logits_processor: (config: object, ...rest: unknown[]) => {
        const processors = call('_get_logits_processor', [config, ...rest]) as Iterable<object>;
        refuseOthers(config, [...processors]);
        return processors;
      },
    };
    const view: M = new Proxy(model, {
      get: (target, key, receiver) => own[key as string] ?? Reflect.get(target, key, receiver),
    });
    return view;
  }

  /** Frees what it holds. */
  destroy(): void {
    for (const one of [this.draws, this.counts, this.step, this.logits]) one?.destroy();
  }

  /** Runs the session, its logits left on the GPU; the other results. */
  private async run(feeds: Tensors): Promise<object> {
    const { session, type } = this.head;
    try {
      this.logits = this.place(this.shapeOf(feeds));
    } catch (error) {
      // Where a run of any session rejects, transformers.js lets no later one begin.
      this.refused = error;
      return {};
    }
    const { buffer: gpuBuffer, shape: dims } = this.logits;
    const fetches = Object.fromEntries(session.outputNames.map((name) => [name, null as unknown]));
    fetches.logits = { location: 'gpu-buffer', gpuBuffer, type, dims };
    const { logits: _, ...others } = (await session.handler.run(feeds, fetches, {})) as Tensors;
    return others;
  }

  /** The logits' shape, [rows, positions, classes]. */
  private shapeOf(feeds: Tensors): readonly number[] {
    const [rows, length] = (feeds.input_ids ?? feeds.inputs_embeds)!.dims as [number, number];
    const kept = Number(feeds.num_logits_to_keep?.data[0] ?? 0);
    return [rows, kept > 0 ? Math.min(kept, length) : length, this.head.classes];
  }

  /** Where logits of a shape are written. */
  private place(shape: readonly number[]): GpuTensor<FloatDType> {
    const isStep = shape[1] === 1;
    if (isStep && this.step) return this.step;
    const logits = this.engine.allocate(op, shape, this.head.dtype);
    if (isStep) this.step = logits;
    return logits;
  }

  /** Draws a token of each row, at its last position: a tensor that is largest there. */
  private async draw(inputs: object): Promise<ModelTensor> {
    const logits = this.logits!;
    const [rows, positions, classes] = logits.shape as [number, number, number];
    this.draws ??= this.begin(rows);
    const last = positions === 1 ? logits : this.lastOf(logits);
    this.draws.next(last, { bits: this.options.bits?.(this.ids) });
    for (const done of new Set([logits, last])) if (done !== this.step) done.destroy();
    const tokens = await this.draws.read();
    const none = tokens.indexOf(-1);
    if (none >= 0) {
      throw new Error(
        `${op}: row ${none} of the logits is NaN, or masked altogether; give a mask that keeps what may be drawn`,
      );
    }
    this.picks ??= new Picks(classOf(inputs), rows, classes);
    return this.picks.of(tokens);
  }

  /** The draws of so many rows, and the counts of their prompts. */
  private begin(rows: number): Sampler {
    const { engine, options } = this;
    const { classes } = this.head;
    const { penalties, bits: _, ...others } = options;
    const size = { rows, classes, depth: 1 };
    if (!penalties) return sampler(engine, { ...others, ...size });
    const counts = engine.tensor(new Uint32Array(rows * classes), [rows, classes]);
    this.counts = counts;
    countTokens(counts, this.ids.flat().map(Number), { prompt: true });
    return sampler(engine, { ...others, ...size, penalties: { ...penalties, counts } });
  }

  /** The last position of each row, [rows, classes]. */
  private lastOf(logits: GpuTensor<FloatDType>): GpuTensor<FloatDType> {
    const [rows, positions, classes] = logits.shape as [number, number, number];
    const call = new Call(op, this.engine, {}, []);
    // Halves may lie across words, which no copy takes apart; a conversion does.
    const last = this.engine.allocate(op, [rows, classes], 'f32');
    for (let row = 0; row < rows; row++) {
      const from = partOf(logits, ((row + 1) * positions - 1) * classes, classes);
      call.move(planMove, from, partOf(last, row * classes, classes));
    }
    this.engine.execute(call);
    return last;
  }
}

/** @throws RangeError for beams, and for what would process logits on the host. */
function refuseOthers(config: object, processors: readonly object[]): void {
  const { num_beams: beams } = config as { num_beams?: number };
  if (beams !== undefined && beams > 1) wrongValue(op, 'num_beams', '1', beams);
  if (processors.length > 0) {
    const may = 'none, for logits stay on the GPU (sampleOnGpu takes mask, bias and penalties)';
    const names = processors.map((one) => one.constructor.name);
    wrongValue(op, 'logits processors', may, names.join(', '));
  }
}
