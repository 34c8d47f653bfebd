import { defaultDevice, getWebGPUDevice, init, numpy as np } from '@jax-js/jax';
import { compare } from '../../conformance/compare';
import { logits } from '../../conformance/random';
import { createEngine, softmax } from '../../src/index';
import * as reference from '../../src/reference';
import { countCopies } from './count';

const shape = [64, 1000];

/** A jax-js array in its own buffer, through softmax: its API takes no buffer back. */
export async function oneWay() {
  await init('webgpu');
  defaultDevice('webgpu');
  const device = getWebGPUDevice();
  const engine = await createEngine({ device });
  const data = logits(1, 64_000);
  const y = np.negative(
    np.array(
      data.map((v) => -v),
      { shape },
    ),
  );
  const buffer = await y.ref.gpuBuffer();
  const copies = countCopies(device);
  const p = softmax(engine.wrap(buffer, y.shape));
  const between = copies.take();
  const ours = compare(await p.read(), reference.softmax({ data, shape })).ok;
  y.dispose();
  return { between, ours };
}
