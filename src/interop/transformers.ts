/**
 * Text that a model of transformers.js generates, its tokens drawn on the GPU by all options of
 * `sampler`, top-p and min-p among them: logits are not copied to the host. Nothing of transformers.js
 * is imported: its `env` and the model are arguments.
 *
 * {@includeCode ../../examples/transformers/main.ts}
 *
 * @module webgpu-softmax/transformers
 */
import type { Engine } from '../engine/engine';
import { checkDtype } from '../engine/host-data';
import { checkOptions } from '../util/checks';
import { describe, wrongValue } from '../util/words';
import { type BorrowOptions, createOn } from './device';
import { type DrawOptions, Generation } from './generation';
import { type GenerativeModel, headOf } from './model';

export type { BorrowOptions, DrawOptions, GenerativeModel };

/** What is used of the `env` of transformers.js. */
export interface TransformersEnv {
  /** Its runtime's, of which `onnx.webgpu.device` is. */
  readonly backends: { readonly onnx: unknown };
}

/**
 * An engine on the device of transformers.js.
 *
 * @throws Error, as a rejection, before a model was loaded with `device: 'webgpu'`: the runtime makes
 * its device with the first one.
 */
export async function createEngineOn(
  env: TransformersEnv,
  options: BorrowOptions = {},
): Promise<Engine> {
  const onnx = env?.backends?.onnx as { webgpu?: { device?: unknown } } | undefined;
  const hint = "load a model with device: 'webgpu' first";
  return createOn('createEngineOn', onnx?.webgpu?.device, hint, options);
}

/** Options of `generate` that say how tokens are drawn, and ours in place of them. */
const replaced = {
  temperature: 'temperature',
  top_k: 'topK',
  top_p: 'topP',
  min_p: 'minP',
  repetition_penalty: 'penalties.repetition',
} as const;

/**
 * The model with a `generate` that draws on the GPU. The tokens are those of `sampler` with these
 * options: in each call, step t draws from row r what `sample(logits, { rowOffset: t·rows + r, … })`
 * does. So a call writes the same text whenever it is made, and another `seed` another one. Logits stay
 * on the GPU; 4 bytes a token are read.
 *
 * `generate` takes what it did but for sampling options, and what `generation_config.json` says of
 * sampling and of repetition does not hold: these options do. All else is the model's own. The model
 * itself is left as it is and may be used beside this one, and there is nothing to destroy: a call frees
 * what it made.
 *
 * @param engine of `createEngineOn`; with `f16` where the logits are float16.
 * @param model loaded with `device: 'webgpu'`; a pipeline has one as `pipeline.model`, which may be
 * replaced.
 * @throws TypeError or RangeError for a model that is none of transformers.js', gives no logits of
 * tokens, or was loaded for another device. As rejections of `generate`: RangeError or TypeError for
 * options that `sampler` refuses, for sampling options in the call, for beams, and for whatever else
 * would process logits on the host (`logits_processor`, `no_repeat_ngram_size`, `bad_words_ids`,
 * `min_new_tokens`, `suppress_tokens` and their like); Error for a row of logits that is NaN or masked
 * altogether, and if the device is lost or the engine destroyed on the way.
 */
export function sampleOnGpu<M extends GenerativeModel>(
  engine: Engine,
  model: M,
  options: DrawOptions,
): M {
  const op = 'sampleOnGpu';
  engine.checkUsable(op);
  checkOptions(op, 'options', options);
  const head = headOf(op, model);
  checkDtype(op, head.dtype, engine.facts.halves);
  const generate = async (asked: object = {}): Promise<unknown> => {
    refuseOwn(asked);
    const generation = new Generation(engine, head, options);
    try {
      const greedy = { ...asked, do_sample: false, repetition_penalty: 1 };
      return await generation.modelOf(model).generate(greedy as never);
    } finally {
      generation.destroy();
    }
  };
  return new Proxy(model, {
    get: (target, key, receiver) =>
      key === 'generate' ? generate : Reflect.get(target, key, receiver),
  });
}

/** @throws RangeError for options that say how tokens are drawn. */
function refuseOwn(asked: object): void {
  for (const [name, ours] of Object.entries(replaced)) {
    const value = (asked as Record<string, unknown>)[name];
    const may = `none, for sampleOnGpu takes ${ours}`;
    if (value !== undefined && value !== null) wrongValue('generate', name, may, describe(value));
  }
}
