/** Node with the npm package `webgpu`: `node main.ts` where Node strips types, or any runner of them. */
import { create, globals } from 'webgpu';
import { argmax, createEngine, sample } from 'webgpu-softmax';

/** Draws ten words by their logits, and tells the likeliest. */
export async function main(gpu: GPU = create([])): Promise<string> {
  Object.assign(globalThis, globals);
  // Dawn wants its entry point kept for as long as it is used.
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('Dawn found no adapter; it needs a Vulkan, Metal or D3D12 driver');
  const device = await adapter.requestDevice();
  const engine = await createEngine({ device });

  const words = ['yes', 'no', 'perhaps', 'never'];
  const x = engine.tensor(Float32Array.of(2, 1, 1.5, -3), [1, words.length]);
  const drawn = await sample(x, { seed: 7, draws: 10 }).read();
  const best = await argmax(x).read();
  const said = Array.from(drawn, (index) => words[index]).join(' ');
  device.destroy();
  return `${words[best[0]!]} is likeliest; drawn: ${said}`;
}

if (process.argv[1] === import.meta.filename) console.log(await main());
