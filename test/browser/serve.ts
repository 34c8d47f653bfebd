/** Serves the project's pages and modules to a browser on this machine. */
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

export interface Served {
  /** `http://127.0.0.1:port`, without a slash at the end: a secure context, which WebGPU needs. */
  url: string;
  close(): Promise<void>;
}

/**
 * Starts Vite's development server on a free port, without a web socket to its pages and without
 * watching files: nothing reloads a page by itself.
 */
export async function serve(): Promise<Served> {
  const server = await createServer({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    server: { host: '127.0.0.1', port: 0, open: false, watch: null, hmr: false, ws: false },
    logLevel: 'warn',
  });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
