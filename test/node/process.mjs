// A process with a GPU as a browser's page has it: calls exported functions of the modules that it is
// asked for, which Vite compiles as it does for pages.

import { createServer } from 'vite';

const server = await createServer({
  server: { middlewareMode: true, watch: null, hmr: false, ws: false },
  appType: 'custom',
  logLevel: 'warn',
});
const { openGpu, closeGpu } = await server.ssrLoadModule(process.env.GPU_MODULE);
globalThis.navigator ??= {};
// There it stays while it is in use: Dawn ends the process if it is collected.
Object.defineProperty(globalThis.navigator, 'gpu', { value: await openGpu(), configurable: true });

process.on('message', async ({ id, path, name, args }) => {
  try {
    const module = await server.ssrLoadModule(path);
    process.send({ id, value: await module[name](...args) });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? error.stack : String(error) });
  }
});
process.once('SIGTERM', async () => {
  await closeGpu?.();
  process.exit();
});
process.send({ ready: true });
