/** Text of a model of transformers.js, drawn on the GPU. */
import { AutoModelForCausalLM, env, type PreTrainedModel } from '@huggingface/transformers';
import { type Engine, f16 } from 'webgpu-softmax';
import { createEngineOn, sampleOnGpu } from 'webgpu-softmax/transformers';

export async function writer(name: string): Promise<PreTrainedModel> {
  const model = await AutoModelForCausalLM.from_pretrained(name, { device: 'webgpu' });
  const engine: Engine = await createEngineOn(env, { f16 });
  // @ts-expect-error: it is no model.
  sampleOnGpu(engine, env, { seed: 1 });
  // @ts-expect-error: counts are kept by it.
  sampleOnGpu(engine, model, { seed: 1, penalties: { counts: engine.tensor([0], [1]) } });
  return sampleOnGpu(engine, model, { seed: 1, topP: 0.9, penalties: { repetition: 1.1 } });
}
