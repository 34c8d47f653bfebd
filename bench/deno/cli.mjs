// Runs main.ts, as the other cli.mjs runs cli.ts.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const { module } = await runnerImport(main, { configFile: false, logLevel: 'warn' });
await module.main(process.argv.slice(2));
