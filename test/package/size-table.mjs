/** What takes how much of the library: `npm run size`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const library = fileURLToPath(new URL('./library.ts', import.meta.url));
const { module } = await runnerImport(library, { configFile: false, logLevel: 'warn' });
const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-size-'));
const { bytes, gzipped, parts } = await module.sizeOfLibrary(folder);
await rm(folder, { recursive: true, force: true });
console.log(`${bytes} bytes, ${gzipped} gzipped; gzipped bytes less without`);
for (const { name, gain } of parts) console.log(`${String(gain).padStart(6)}  ${name}`);
