// Runs cli.ts: Vite's module runner takes TypeScript, and WGSL through the build's own plugin.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const quiet = { configFile: false, logLevel: 'error' };
const { module: plugin } = await runnerImport(at('../../wgsl.plugin.ts'), quiet);
const { module } = await runnerImport(at('./cli.ts'), { ...quiet, plugins: [plugin.wgsl()] });
process.exitCode = module.main(process.argv);
