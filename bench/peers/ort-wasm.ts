/** ONNX Runtime Web's own WebAssembly, for whichever of its builds is imported. */
import type { Env } from 'onnxruntime-web';
import { fetchFile } from '../files';

/**
 * Gives the runtime its WebAssembly, on one thread: the work is on the GPU, or would need a page that is
 * cross-origin isolated.
 *
 * @param url of the `.wasm` that belongs to the build.
 * @throws Error if the file cannot be had; see `fetchFile`.
 */
export async function provideWasm({ wasm }: Env, url: string): Promise<void> {
  wasm.numThreads = 1;
  // Fetched here: where the runtime does not get it, it says little of why.
  wasm.wasmBinary ??= await fetchFile(url);
}
