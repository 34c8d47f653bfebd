/** The library and its engine on the page's device. */
import { importPart } from '../bench/files';
import type { Engine } from '../src/index';

/** The library, loaded when something first needs it. */
export const importLibrary = () => importPart(() => import('../src/index'));

/** Gives the one engine of the page. */
export type GetEngine = () => Promise<Engine>;

export function engineOn(device: GPUDevice): GetEngine {
  let engine: Promise<Engine> | undefined;
  return () => {
    engine ??= importLibrary()
      .then(({ createEngine, f16 }) => createEngine({ device, f16 }))
      .catch((error) => {
        // Whoever asks next tries again.
        engine = undefined;
        throw error;
      });
    return engine;
  };
}
