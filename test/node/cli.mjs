// `node test/node/cli.mjs lavapipe`: says where that GPU for Node comes from, and fetches it where that is
// possible and needed; or why it cannot be had.
import { loadModule } from '../../run-module.mjs';

const [name] = process.argv.slice(2);
const { hosts } = await loadModule('hosts.ts', import.meta.url);
try {
  if (!hosts[name]) throw new Error(`expected ${Object.keys(hosts).join(' or ')}, got '${name}'`);
  const { source, command } = await hosts[name]();
  console.log(`${name}: ${source}, node by ${command[0]}`);
} catch (error) {
  console.log(`${name}: ${error.message}`);
  process.exitCode = 1;
}
