// Runs pictures.ts: Vite's module runner takes TypeScript as the pages' server does.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const pictures = fileURLToPath(new URL('./pictures.ts', import.meta.url));
const { module } = await runnerImport(pictures, { configFile: false, logLevel: 'warn' });
await module.main(process.argv.slice(2));
