/** The library as the package has it: built, its shaders minified. */
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';

import { build } from 'tsdown';
import { minifySync } from 'vite';
import config from '../../tsdown.config';

/** Builds the package's files, but for its types. */
export async function buildLibrary(outDir: string) {
  const options = { config: false, dts: false, logLevel: 'error', outDir } as const;
  const [bundle] = await build({ ...config, ...options });
  return bundle!.chunks.filter((chunk) => chunk.type === 'chunk');
}

export const gzipped = (text: string): number => gzipSync(text, { level: 9 }).byteLength;

export interface Size {
  /** Bytes of all that `import 'webgpu-softmax'` loads. */
  readonly bytes: number;
  readonly gzipped: number;
  /** Bytes, gzipped, that the whole would lose with each of its parts, the most first. */
  readonly parts: readonly { readonly name: string; readonly gain: number }[];
}

/** Sizes of the library: without its reference and what borrows devices of other libraries. */
export async function sizeOfLibrary(outDir: string): Promise<Size> {
  const chunks = await buildLibrary(outDir);
  const named = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set(['index.js']);
  for (const name of loaded) {
    const { imports, dynamicImports } = named.get(name)!;
    for (const other of [...imports, ...dynamicImports]) loaded.add(other);
  }
  const own = [...loaded].map((name) => named.get(name)!);
  const modules = own.flatMap((chunk) => Object.entries(chunk.modules));
  const minified = modules.map(([path, { code }]): [string, string] => [
    partOf(path),
    minifySync(path, code ?? '', { compress: false, mangle: { toplevel: true } }).code,
  ]);
  const without = (part?: string) =>
    gzipped(minified.flatMap(([name, code]) => (name === part ? [] : [code])).join(''));
  const whole = without();
  const names = [...new Set(minified.map(([name]) => name))];
  const parts = names.map((name) => ({ name, gain: whole - without(name) }));
  return {
    bytes: own.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0),
    gzipped: own.reduce((sum, { code }) => sum + gzipped(code), 0),
    parts: parts.sort((a, b) => b.gain - a.gain),
  };
}

/** A module of its own; of shaders their folder. */
function partOf(path: string): string {
  const found = /.*\/((?:shaders|src)\/.*)/.exec(path.replaceAll('\\', '/'))?.[1];
  if (!found) return basename(path);
  return found.startsWith('shaders/') ? found.replace(/\/[^/]*$/, '/') : found;
}
