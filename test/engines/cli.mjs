import { loadModule } from '../../run-module.mjs';

const { main } = await loadModule('engines.ts', import.meta.url);
process.exitCode = await main();
