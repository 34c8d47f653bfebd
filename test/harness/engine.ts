import { adapterClassOf } from '../../src/gpu/device';
import { type CreateOptions, createSoftmax, type Softmax } from '../../src/index';

const engines = new Map<string, Promise<Softmax>>();

/**
 * The page's engine with these options, for all tests that do not destroy or count: a software
 * adapter spends most of its time on compiling kernels, and an engine compiles each once.
 */
export async function sharedEngine({
  adapterClass,
  ...options
}: Omit<CreateOptions, 'device'> = {}): Promise<Softmax> {
  if (adapterClass) {
    const { device } = await sharedEngine();
    const isOwn = adapterClass === adapterClassOf(device.adapterInfo);
    return engineWith(isOwn ? options : { adapterClass, ...options });
  }
  return engineWith(options);
}

function engineWith(options: CreateOptions): Promise<Softmax> {
  const key = JSON.stringify(options);
  const made = engines.get(key) ?? createSoftmax(options);
  engines.set(key, made);
  return made;
}
