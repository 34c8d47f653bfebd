// Says where lavapipe is, and fetches it where that is possible and needed; or why it cannot be had.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const file = fileURLToPath(new URL('./driver.ts', import.meta.url));
const { module } = await runnerImport(file, { configFile: false, logLevel: 'warn' });
try {
  const { source, command } = await module.findDriver();
  console.log(`lavapipe: ${source}, node by ${command[0]}`);
} catch (error) {
  console.log(`lavapipe: ${error.message}`);
  process.exitCode = 1;
}
