// Loads a module of TypeScript in Node, as the pages' server does: WGSL is its text there too.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const quiet = { configFile: false, logLevel: 'warn' };

/** The exports of the module at `path`, which is relative to the file of `base` (its `import.meta.url`). */
export async function loadModule(path, base) {
  const at = (name, from) => fileURLToPath(new URL(name, from));
  const { module: plugin } = await runnerImport(at('wgsl.plugin.ts', import.meta.url), quiet);
  const options = { ...quiet, plugins: [plugin.wgsl()] };
  return (await runnerImport(at(path, base), options)).module;
}
