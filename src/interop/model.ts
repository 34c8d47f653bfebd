/** What is used of models of transformers.js, and of their sessions. */
import type { FloatDType } from '../gpu/region';
import { describe, list, wrongKind, wrongValue } from '../util/words';

/** What is used of a model of transformers.js. */
export interface GenerativeModel {
  /** Its sessions, by name. */
  readonly sessions: Readonly<Record<string, unknown>>;
  /** Its `config.json`. */
  readonly config: object;
  /** Writes on from a prompt. */
  generate(options: never): Promise<unknown>;
  /** Runs once; `generate` calls it at each step. */
  forward(inputs: never): Promise<unknown>;
}

/** A tensor of the runtime's, as far as it is read. */
export interface RuntimeTensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<bigint>;
}

/** Tensors by the names of a session's inputs or outputs. */
export type Tensors = Readonly<Record<string, RuntimeTensor>>;

/** What is used of a session of ONNX Runtime Web. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly outputMetadata: readonly Metadata[];
  /** Where transformers.js notes what it runs on. */
  readonly config?: { readonly device?: unknown };
  /**
   * What `run` calls when it has checked that tensors are of its own copy of the runtime's class, which
   * transformers.js does not give away.
   */
  readonly handler: { run(feeds: Tensors, fetches: object, options: object): Promise<object> };
}

interface Metadata {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** The session of a model that gives its logits. */
export interface Head {
  /** Its name among the model's. */
  readonly name: string;
  readonly session: Session;
  /** The logits' type, by the runtime's name and by ours. */
  readonly type: string;
  readonly dtype: FloatDType;
  /** The size of the vocabulary. */
  readonly classes: number;
}

const dtypes: Readonly<Record<string, FloatDType>> = { float32: 'f32', float16: 'f16' };

/**
 * The session that gives a model's logits.
 *
 * @throws TypeError or RangeError for a model that is none of transformers.js', does not generate text
 * from tokens, or does not run on WebGPU.
 */
export function headOf(op: string, model: GenerativeModel): Head {
  const methods = ['generate', 'forward', '_get_logits_processor', 'prepare_inputs_for_generation'];
  const own = Object(model) as Readonly<Record<string, unknown>>;
  const sessions = Object.entries(Object(own.sessions)) as [string, Session][];
  if (!methods.every((name) => typeof own[name] === 'function') || sessions.length === 0) {
    const got = typeof model === 'function' ? 'a function' : describe(model);
    wrongKind(op, 'model', 'a model of transformers.js', got);
  }
  const found = sessions.find(([, { outputNames }]) => outputNames?.includes('logits'));
  if (!found) {
    const names = sessions.flatMap(([, { outputNames }]) => outputNames ?? []);
    wrongValue(op, 'model', "an output 'logits'", list(names) || 'none');
  }
  const [name, session] = found;
  const inputs = session.inputNames;
  if (!inputs.includes('input_ids') && !inputs.includes('inputs_embeds')) {
    wrongValue(op, 'model', "an input 'input_ids' or 'inputs_embeds'", list(inputs) || 'none');
  }
  const device = session.config?.device;
  if (device !== 'webgpu' || !session.handler?.run) {
    wrongValue(op, 'model', "device 'webgpu'", describe(device));
  }
  const { type, shape } = session.outputMetadata.find((one) => one.name === 'logits')!;
  const dtype = dtypes[type];
  if (!dtype) wrongKind(op, 'model', `logits of type ${list(Object.keys(dtypes))}`, `'${type}'`);
  return { name, session, type, dtype, classes: classesOf(op, model, shape.at(-1)) };
}

/** The last dimension of logits where it is a number, else as the model's configuration has it. */
function classesOf(op: string, model: GenerativeModel, last: number | string | undefined): number {
  const { vocab_size: size } = model.config as { vocab_size?: unknown };
  const classes = typeof last === 'number' ? last : size;
  if (typeof classes !== 'number') {
    wrongValue(op, 'model', 'a config with vocab_size', describe(classes));
  }
  return classes;
}
