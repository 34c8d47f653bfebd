/** Deno, and programs for it. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { wgsl } from '../../wgsl.plugin';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a module, all that it imports in one file; what else is in the folder stays.
 *
 * @param entry its path from the project's root.
 * @returns the path of the bundle.
 */
export async function bundle(entry: string, outDir: string, name: string): Promise<string> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    plugins: [wgsl()],
    ssr: { noExternal: true },
    build: {
      ssr: join(ROOT, entry),
      outDir,
      emptyOutDir: false,
      target: 'esnext',
      rolldownOptions: { output: { entryFileNames: name } },
    },
  });
  return join(outDir, name);
}

/**
 * The binary itself: the package's own command may be a script around it, without a channel.
 *
 * @throws Error if there is none for this machine, or npm left optional packages out.
 */
export function denoExecutable(): string {
  const require = createRequire(import.meta.url);
  // What npm runs after it has installed the package; if it did, this only looks.
  const installer = require('deno/install_api.cjs') as { runInstall(): string };
  try {
    return installer.runInstall();
  } catch (error) {
    throw new Error(
      `Deno has no program here (${(error as Error).message}). npm installs one with optional packages, ` +
        'on Linux with glibc, macOS and Windows, for x64 and arm64',
    );
  }
}
