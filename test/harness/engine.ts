import { type CreateOptions, createSoftmax, type Softmax } from '../../src/index';

const engines = new Map<string, Promise<Softmax>>();

/**
 * The page's engine with these options, for all tests that do not destroy it. A software adapter
 * spends most of its time on compiling kernels, and an engine compiles each once.
 */
export async function sharedEngine(options: Omit<CreateOptions, 'device'> = {}): Promise<Softmax> {
  const key = JSON.stringify(options);
  // On one device, whose implementation may know a kernel that another engine has compiled.
  const made =
    engines.get(key) ??
    (key === '{}'
      ? createSoftmax()
      : sharedDevice().then((device) => createSoftmax({ device, ...options })));
  engines.set(key, made);
  return made;
}

/** The device of the page's engines, for tests that want an engine of their own on it. */
export const sharedDevice = async (): Promise<GPUDevice> => (await sharedEngine()).device;
