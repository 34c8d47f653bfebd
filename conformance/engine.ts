import { type CreateOptions, createEngine, type Engine, f16 } from '../src/index';
import { Arena } from './arena';

let device: Promise<GPUDevice> | undefined;
const engines = new Map<string, Promise<Engine>>();

/** The page's device, as the library asks for one, for tests that want an engine of their own on it. */
export function sharedDevice(): Promise<GPUDevice> {
  device ??= createEngine().then((engine) => engine.device);
  return device;
}

/**
 * The page's engine with these options, for all tests that do not destroy it. A software adapter
 * spends most of its time on compiling kernels; an engine compiles each once, and the device's
 * implementation may know a kernel that another engine has compiled.
 */
export function sharedEngine(options: Omit<CreateOptions, 'device' | 'f16'> = {}): Promise<Engine> {
  const key = JSON.stringify(options);
  const made =
    engines.get(key) ?? sharedDevice().then((device) => createEngine({ device, f16, ...options }));
  engines.set(key, made);
  return made;
}

const arenas = new WeakMap<Engine, Arena>();

/** Memory for the cases of the page's engine with these options, from test to test. */
export async function sharedArena(options?: Parameters<typeof sharedEngine>[0]): Promise<Arena> {
  const engine = await sharedEngine(options);
  const arena = arenas.get(engine) ?? new Arena(engine);
  arenas.set(engine, arena);
  return arena;
}
