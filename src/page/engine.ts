/** The library's engine on the page's device, loaded when something first needs it. */
import type { Softmax } from '../index';

/** Gives the one engine of the page. */
export type GetEngine = () => Promise<Softmax>;

export function engineOn(device: GPUDevice): GetEngine {
  let engine: Promise<Softmax> | undefined;
  return () => {
    engine ??= import('../index').then(({ createSoftmax }) => createSoftmax({ device }));
    return engine;
  };
}
