import { create, globals } from 'webgpu';

/** Dawn, on the driver that the process is started with. */
export async function openGpu(): Promise<GPU> {
  Object.assign(globalThis, globals);
  return create([]);
}
