// Runs engines.ts: Vite's module runner takes TypeScript as the pages' server does.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const file = fileURLToPath(new URL('./engines.ts', import.meta.url));
const { module } = await runnerImport(file, { configFile: false, logLevel: 'warn' });
process.exitCode = await module.main();
