/** The layer that captures pipelines (`layer.c`), compiled for the Vulkan loader of some packages. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CACHE, type Packages } from './packages';

const run = promisify(execFile);

const SOURCE = fileURLToPath(new URL('./layer.c', import.meta.url));

export const LAYER = 'VK_LAYER_capture_pipelines';

/**
 * The folder that has the layer and what describes it.
 *
 * @throws Error where there is no C compiler, or it refuses the source.
 */
export async function buildLayer({ root }: Packages): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(SOURCE))
    .digest('hex')
    .slice(0, 12);
  const folder = join(CACHE, `capture-layer-${hash}`);
  const library = join(folder, 'libcapture.so');
  if (existsSync(library)) return folder;
  await mkdir(folder, { recursive: true });
  const layer = {
    name: LAYER,
    type: 'GLOBAL',
    library_path: './libcapture.so',
    api_version: '1.3.0',
    implementation_version: '1',
    description: 'Keeps statistics and machine code of compute pipelines',
  };
  const manifest = { file_format_version: '1.2.0', layer };
  await writeFile(join(folder, 'capture.json'), JSON.stringify(manifest));
  const built = `${library}.${process.pid}`;
  const flags = ['-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-pthread'];
  try {
    await run('gcc', [...flags, '-I', join(root, 'usr/include'), '-o', built, SOURCE]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new Error(`gcc refuses compilers/layer.c: ${message}`);
    throw new Error(
      'there is no gcc here to compile compilers/layer.c; install it (Debian: apt-get install gcc libc6-dev)',
    );
  }
  await rename(built, library);
  return folder;
}
