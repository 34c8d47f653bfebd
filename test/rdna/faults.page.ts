import type { Case } from '../../conformance/cases';
import { runCases } from '../../conformance/run-cases';
import { createEngine } from '../../src/index';

/** A change of a kernel's text, wherever the text occurs. */
export interface Change {
  readonly was: string;
  readonly is: string;
}

/**
 * Runs a case on a device of its own whose kernels have been changed.
 *
 * @returns how many kernels had the text, and what the harness or the simulator says against the result.
 */
export async function runChanged(
  c: Case,
  { was, is }: Change,
): Promise<{ changed: number; complaint: string }> {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice({ requiredFeatures: ['subgroups'] });
  const create = device.createShaderModule.bind(device);
  let changed = 0;
  device.createShaderModule = (descriptor) => {
    if (descriptor.code.includes(was)) changed++;
    return create({ ...descriptor, code: descriptor.code.replaceAll(was, is) });
  };
  const engine = await createEngine({ device });
  try {
    const results = await runCases(engine, [c]);
    return { changed, complaint: results.map(({ report }) => report).join('\n') };
  } catch (error) {
    return { changed, complaint: (error as Error).message };
  } finally {
    engine.destroy();
  }
}
