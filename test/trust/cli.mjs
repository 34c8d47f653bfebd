import { loadModule } from '../../run-module.mjs';

const { main } = await loadModule('cli.ts', import.meta.url);
process.exitCode = await main();
