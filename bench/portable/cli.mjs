import { loadModule } from '../../run-module.mjs';

const { main } = await loadModule('pack.ts', import.meta.url);
await main(process.argv.slice(2));
