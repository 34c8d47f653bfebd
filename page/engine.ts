/** The library's engine on the page's device, loaded when something first needs it. */
import { importPart } from '../bench/files';
import type { Softmax } from '../src/index';

/** Gives the one engine of the page. */
export type GetEngine = () => Promise<Softmax>;

export function engineOn(device: GPUDevice): GetEngine {
  let engine: Promise<Softmax> | undefined;
  return () => {
    engine ??= importPart(() => import('../src/index'))
      .then(({ createSoftmax }) => createSoftmax({ device }))
      .catch((error) => {
        // Whoever asks next tries again.
        engine = undefined;
        throw error;
      });
    return engine;
  };
}
