// Runs cli.ts: Vite's module runner takes TypeScript as the pages' server does.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
const { module } = await runnerImport(cli, { configFile: false, logLevel: 'warn' });
process.exitCode = await module.main(process.argv.slice(2));
