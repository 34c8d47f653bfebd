/** The library's engine on the page's device, loaded when something first needs it. */
import { importPart } from '../bench/files';
import type { Engine } from '../src/index';

/** Gives the one engine of the page. */
export type GetEngine = () => Promise<Engine>;

export function engineOn(device: GPUDevice): GetEngine {
  let engine: Promise<Engine> | undefined;
  return () => {
    engine ??= importPart(() => import('../src/index'))
      .then(({ createEngine }) => createEngine({ device }))
      .catch((error) => {
        // Whoever asks next tries again.
        engine = undefined;
        throw error;
      });
    return engine;
  };
}
