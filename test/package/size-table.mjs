/** What takes how much of the library, and what each import ships: `npm run size`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModule } from '../../run-module.mjs';

const { sizeOfLibrary } = await loadModule('library.ts', import.meta.url);
const { sizesOfExports } = await loadModule('exports.ts', import.meta.url);
const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-size-'));
try {
  const { bytes, gzipped, parts } = await sizeOfLibrary(folder);
  console.log(`${bytes} bytes, ${gzipped} gzipped; gzipped bytes less without`);
  for (const { name, gain } of parts) console.log(`${String(gain).padStart(6)}  ${name}`);
  console.log('\ngzipped bytes of an import, with createEngine');
  for (const { name, gzipped: size } of await sizesOfExports(folder)) {
    console.log(`${String(size).padStart(6)}  ${name}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
