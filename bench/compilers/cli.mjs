import { loadModule } from '../../run-module.mjs';

const { main } = await loadModule('cli.ts', import.meta.url);
await main(process.argv.slice(2));
