/** Serves the project's pages and modules to a browser on this machine. */
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createServer, type Plugin } from 'vite';
import { fullSet } from '../../bench/train/full-set';

export interface Served {
  /** `http://127.0.0.1:port`, without a slash at the end: a secure context, which WebGPU needs. */
  url: string;
  close(): Promise<void>;
}

/** Vite's client reloads a page that was too busy to answer it, under the test that kept it busy. */
const withoutClient: Plugin = {
  name: 'without-client',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module" src="/@vite/client"></script>', ''),
  },
};

/**
 * Starts Vite's development server on a free port, without its client and without watching
 * files: nothing reloads a page by itself.
 */
export async function serve(): Promise<Served> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const images = fullSet()?.folder;
  const server = await createServer({
    root,
    server: {
      host: '127.0.0.1',
      port: 0,
      open: false,
      watch: null,
      hmr: false,
      ...(images && { fs: { allow: [root, images] } }),
    },
    plugins: [withoutClient],
    logLevel: 'warn',
  });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
