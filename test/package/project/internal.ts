/** What the published types leave out: the sources have it, so only the package's user compiles this. */
import type { Engine, GpuTensor } from 'webgpu-softmax';

export function internals(engine: Engine, x: GpuTensor): unknown[] {
  // @ts-expect-error: what operations are made with.
  const work = engine.record;
  // @ts-expect-error: whose tensor it is.
  const owner = x.owner;
  return [work, owner];
}
