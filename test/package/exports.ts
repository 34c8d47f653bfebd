/** What an adopter's bundler keeps of the built package for each thing that is imported. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildLibrary, gzipped } from './library';

/** Bytes of an import together with `createEngine`, bundled and minified. */
export interface ExportSize {
  readonly name: string;
  readonly bytes: number;
  readonly gzipped: number;
}

/** Builds the package into a folder, and bundles each of its functions with `createEngine`. */
export async function sizesOfExports(folder: string): Promise<ExportSize[]> {
  await buildLibrary(folder);
  const entry = join(folder, 'index.js');
  const names = [
    ...(/export\s*\{([^}]*)\}/.exec(readFileSync(entry, 'utf8'))?.[1] ?? '').matchAll(
      /(?:\w+ as )?(\w+)/g,
    ),
  ].map(([, name]) => name!);
  const sizes = names.map(async (name): Promise<ExportSize> => {
    const imported = [...new Set(['createEngine', name])].join(', ');
    const { outputFiles } = await build({
      stdin: {
        contents: `import { ${imported} } from './index.js'; globalThis.used = [${imported}];`,
        resolveDir: folder,
      },
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      logLevel: 'error',
    });
    const { text } = outputFiles[0]!;
    return { name, bytes: Buffer.byteLength(text), gzipped: gzipped(text) };
  });
  return (await Promise.all(sizes)).sort((a, b) => a.gzipped - b.gzipped);
}
