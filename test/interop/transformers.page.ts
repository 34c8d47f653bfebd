import { AutoModelForCausalLM, env, type PreTrainedModel, Tensor } from '@huggingface/transformers';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import { fromHalves, toHalves } from '../../src/gpu/half';
import { createEngine, type Engine, f16 } from '../../src/index';
import { createEngineOn, type DrawOptions, sampleOnGpu } from '../../src/interop/transformers';
import * as reference from '../../src/reference';
import { type DecoderOptions, decoderFiles } from './decoder';

/** Files of models that were asked for, by model and name. */
const files = new Map<string, BlobPart>();

/** Everything from memory: no model hub, no cache. */
function readFromMemory() {
  env.allowLocalModels = false;
  env.useBrowserCache = false;
  env.useWasmCache = false;
  const { wasm } = env.backends.onnx;
  wasm!.numThreads = 1;
  wasm!.wasmPaths = { wasm: wasmUrl };
  env.fetch = async (url) => {
    const [model, name] = /([^/]+)\/resolve\/.*\/([^/]+)$/.exec(`${url}`)!.slice(1);
    const file = files.get(`${model}/${name}`);
    return file ? new Response(file) : new Response('', { status: 404 });
  };
}

const models = new Map<string, Promise<PreTrainedModel>>();

/** A decoder, loaded once. */
function load(options: DecoderOptions, device: 'webgpu' | 'wasm' = 'webgpu') {
  readFromMemory();
  const name = `decoder-${models.size}`;
  const key = JSON.stringify([options, device]);
  const known = models.get(key);
  if (known) return known;
  for (const [file, content] of Object.entries(decoderFiles(options))) {
    files.set(`${name}/${file}`, content);
  }
  const loading = AutoModelForCausalLM.from_pretrained(name, { device, dtype: 'fp32' });
  models.set(key, loading);
  return loading;
}

let engine: Promise<Engine> | undefined;
const engineOn = () => (engine ??= createEngineOn(env, { f16 }));

const prompts = [
  [5n, 9n, 2n, 30n],
  [7n, 7n, 1n, 11n],
];

/** The inputs of so many prompts; the second one begins with a token that is none of it. */
function inputsOf(rows: number, length = 4) {
  const ids = prompts.slice(0, rows).map((row) => row.slice(0, length));
  const mask = ids.map((row, r) => row.map((_, i) => (r === 1 && i === 0 && length > 1 ? 0n : 1n)));
  const tensor = (values: bigint[][]) =>
    new Tensor('int64', BigInt64Array.from(values.flat()), [rows, length]);
  return { input_ids: tensor(ids), attention_mask: tensor(mask) };
}

const STEPS = 16;

export interface Case {
  readonly decoder: DecoderOptions;
  readonly rows: number;
  readonly length?: number;
  readonly options: DrawOptions;
  /** Tokens are odd and even in turn, by a mask for each step. */
  readonly alternate?: boolean;
  /** Logits of float16, for every position or for the last alone. */
  readonly halves?: 'every' | 'last';
}

type Feeds = Record<string, { data: BigInt64Array }>;
type Fetches = { logits: { gpuBuffer: GPUBuffer } };

/**
 * The model with logits of float16, which no session has where the device lacks them: rounded on the
 * host. The vocabulary's size is in the configuration alone.
 */
function inHalves(model: PreTrainedModel, { halves }: Case): PreTrainedModel {
  const { model: session } = model.sessions;
  const run = async ({ num_logits_to_keep: kept, ...feeds }: Feeds, { logits }: Fetches) => {
    const outputs = await session.run(feeds);
    const [rows, length, classes] = outputs.logits.dims;
    const from = kept ? length - Number(kept.data[0]) : 0;
    const row = (r: number) =>
      outputs.logits.data.subarray((r * length + from) * classes, (r + 1) * length * classes);
    const data = Array.from({ length: rows }, (_, r) => [...row(r)]).flat();
    const { device } = await engineOn();
    device.queue.writeBuffer(logits.gpuBuffer, 0, toHalves(Float32Array.from(data)));
    return outputs;
  };
  const own = {
    inputNames: [...session.inputNames, ...(halves === 'last' ? ['num_logits_to_keep'] : [])],
    outputMetadata: [{ name: 'logits', type: 'float16', shape: ['batch', 'length', 'vocabulary'] }],
    handler: Object.create(session.handler, { run: { value: run } }),
  };
  const values = Object.entries(own).map(([name, value]) => [name, { value }]);
  const sessions = { model: Object.create(session, Object.fromEntries(values)) };
  return new Proxy(model, {
    get: (target, key, receiver) =>
      key === 'sessions' ? sessions : Reflect.get(target, key, receiver),
  });
}

/** A bit for each token that is odd where the first text's last is even, and even where that is odd. */
const otherBits = (ids: readonly (readonly bigint[])[]) =>
  new Uint32Array(32).fill(ids[0]!.at(-1)! % 2n === 0n ? 0xaaaaaaaa : 0x55555555);

/** Tokens as the reference draws them, of logits that are read step by step. */
async function expectedOf(model: PreTrainedModel, one: Case) {
  const { rows, length, options, decoder, halves, alternate } = one;
  const { penalties, ...others } = options;
  const { classes } = decoder;
  const shape = [rows, classes];
  const counts = new Uint32Array(rows * classes);
  const inputs: Record<string, unknown> = inputsOf(rows, length);
  const written: number[][] = Array.from({ length: rows }, () => []);
  const ids = (inputs.input_ids as Tensor).tolist() as bigint[][];
  for (const [r, row] of ids.entries()) {
    for (const id of row) counts[r * classes + Number(id)]! |= 2 ** 31;
  }
  let margin = 1;
  let text = model.prepare_inputs_for_generation(ids, inputs, {});
  for (let t = 0; t < STEPS; t++) {
    const outputs = await model.forward(text);
    const read: Float32Array = outputs.logits.slice(null, -1, null).data;
    const data = halves ? fromHalves(toHalves(read).subarray(0, read.length)) : read;
    const drawn = reference.sample(
      { data, shape },
      {
        ...(others as object),
        ...(penalties && {
          penalties: { ...(penalties as object), counts: { data: counts, shape } },
        }),
        ...(alternate && { mask: { bits: { data: otherBits(ids), shape: [32] } } }),
        seed: options.seed,
        rowOffset: t * rows,
      },
    );
    margin = Math.min(margin, ...drawn.margins);
    const tokens: bigint[][] = [...drawn.indices].map((token) => [BigInt(token)]);
    for (const [r, [token]] of tokens.entries()) {
      written[r]!.push(Number(token));
      counts[r * classes + Number(token)]!++;
      ids[r]!.push(token!);
    }
    text = model._update_model_kwargs_for_generation({
      generated_input_ids: tokens,
      outputs,
      model_inputs: text,
      is_encoder_decoder: false,
    });
    text = model.prepare_inputs_for_generation(ids, text, {});
  }
  await text.past_key_values.dispose();
  return { expected: written, margin };
}

/** Counts the bytes that are mapped to be read. */
function countRead() {
  const { mapAsync } = GPUBuffer.prototype;
  let bytes = 0;
  GPUBuffer.prototype.mapAsync = function (this: GPUBuffer, mode, offset, size) {
    if (mode === GPUMapMode.READ) bytes += size ?? this.size - (offset ?? 0);
    return mapAsync.call(this, mode, offset, size);
  };
  return () => {
    GPUBuffer.prototype.mapAsync = mapAsync;
    return bytes;
  };
}

/** What a model writes on, without its prompt, and the bytes read for it. */
async function write(
  model: PreTrainedModel,
  { rows, length = 4 }: Omit<Case, 'options' | 'decoder'>,
  more: object = {},
) {
  const asked = { ...inputsOf(rows, length), max_new_tokens: STEPS, ...more };
  const read = countRead();
  const text = await model.generate(asked);
  const written = ((text as Tensor).tolist() as bigint[][]).map((row) =>
    row.slice(length).map(Number),
  );
  return { written, bytes: read() };
}

/** A case's tokens on the GPU, on the host by the reference, and the bytes read by both ways. */
export async function tokens(one: Case) {
  const model = await load(one.decoder);
  const engine = await engineOn();
  const options = one.alternate ? { ...one.options, bits: otherBits } : one.options;
  const drawing = sampleOnGpu(engine, one.halves ? inHalves(model, one) : model, options);
  const { written, bytes } = await write(drawing, one);
  const { bytes: before } = engine.memory;
  const again = await write(drawing, one);
  const kept = engine.memory.bytes - before;
  const plain = await write(model, one, { do_sample: false, repetition_penalty: 1 });
  return {
    written,
    again: again.written,
    ...(await expectedOf(model, one)),
    bytes,
    plain: plain.written,
    plainBytes: plain.bytes,
    kept,
  };
}

const decoder = { classes: 1003 };
const one = { rows: 1, length: 1 };

/** The message of what is thrown or rejected. */
const told = async (call: () => unknown): Promise<string> => {
  try {
    await call();
    return 'nothing';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

/** What is said of arguments that do not fit. */
export async function refusals(): Promise<string[]> {
  const model = await load(decoder);
  const engine = await engineOn();
  // biome-ignore lint/suspicious/noExplicitAny: the point is a wrong type
  const wrong = (value: unknown): any => value;
  const session = { ...model.sessions.model, outputNames: [] as string[] };
  const having = (changes: object) =>
    wrong(Object.assign(Object.create(model), { sessions: { model: { ...session, ...changes } } }));
  const logits = {
    outputNames: ['logits'],
    inputNames: ['input_ids'],
    config: { device: 'webgpu' },
  };
  const typed = (type: string, ...shape: string[]) => ({
    ...logits,
    outputMetadata: [{ name: 'logits', type, shape }],
  });
  // More than any device holds.
  const values = { value: [{ name: 'logits', type: 'float32', shape: [1, 1, 2 ** 31] }] };
  const sessions = { model: Object.create(model.sessions.model, { outputMetadata: values }) };
  const large = wrong(Object.assign(Object.create(model), { sessions }));
  const seed = 1;
  const ask = (options: object, asked: object = {}) =>
    write(sampleOnGpu(engine, model, wrong({ seed, ...options })), one, asked);
  const nothing = { bits: new Uint32Array(32) };
  const calls = [
    () => createEngineOn({ backends: { onnx: {} } }),
    () => createEngineOn(wrong(undefined)),
    () => sampleOnGpu(engine, wrong({}), { seed }),
    () =>
      sampleOnGpu(
        engine,
        wrong(() => {}),
        { seed },
      ),
    () => sampleOnGpu(engine, model, wrong(5)),
    () => sampleOnGpu(engine, having({}), { seed }),
    () => sampleOnGpu(engine, having({ ...logits, inputNames: ['pixel_values'] }), { seed }),
    () => sampleOnGpu(engine, having({ ...logits, config: { device: 'wasm' } }), { seed }),
    () => sampleOnGpu(engine, having(typed('int8')), { seed }),
    async () => sampleOnGpu(await createEngineOn(env), having(typed('float16')), { seed }),
    () =>
      sampleOnGpu(engine, wrong(Object.assign(having(typed('float32', 'any')), { config: {} })), {
        seed,
      }),
    () => write(sampleOnGpu(engine, large, { seed }), one),
    () => ask({ topP: 2 }),
    () => ask({ topK: 1004 }),
    () => ask({ rowOffset: 1 }),
    () => ask({ penalties: { repetition: 0 } }),
    () => ask({ mask: nothing }),
    () => ask({}, { top_p: 0.5 }),
    () => ask({}, { repetition_penalty: 1.2 }),
    () => ask({}, { num_beams: 2 }),
    () => ask({}, { min_new_tokens: 2, eos_token_id: 3, suppress_tokens: [1] }),
    () => ask({}, { logits_processor: [(_: unknown, x: unknown) => x] }),
  ];
  const found: string[] = [];
  for (const call of calls) found.push(await told(call));
  return found;
}

/** Two texts at once beside the same alone; what is told, and kept, where an engine ends on the way. */
export async function ends() {
  const model = await load(decoder);
  const engine = await engineOn();
  const seeds = [{ seed: 3 }, { seed: 4 }];
  const [a, b] = seeds.map((options) => sampleOnGpu(engine, model, options));
  const alone = [await write(a!, one), await write(b!, one)];
  const before = engine.memory.bytes;
  const together = await Promise.all([write(a!, one), write(b!, one)]);
  const refused = await told(() => write(a!, one, { num_beams: 2 }));
  const kept = engine.memory.bytes - before;

  const gone = await createEngineOn(env);
  let steps = 0;
  const streamer = { put: () => void (steps++ === 5 && gone.destroy()), end: () => {} };
  const ended = await told(() => write(sampleOnGpu(gone, model, seeds[0]!), one, { streamer }));
  const left = gone.memory.bytes;
  const after = await write(a!, one);
  return {
    alone: alone.map(({ written }) => written),
    together: together.map(({ written }) => written),
    after: after.written,
    refused,
    kept,
    steps,
    ended,
    left,
  };
}

/** What is told with an engine on another device. */
export async function elsewhere(): Promise<string> {
  const model = await load(decoder);
  const engine = await createEngine();
  const said = await told(() => write(sampleOnGpu(engine, model, { seed: 3 }), one));
  engine.destroy();
  return said;
}
