import { loadModule } from '../../../run-module.mjs';

const { main } = await loadModule('make.ts', import.meta.url);
main(process.argv.slice(2));
