/** The built page, served as any host of files would. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export interface Site {
  /** Of the page, in a folder of the host; ends in a slash. */
  readonly url: string;
  /** Where its files are. */
  readonly folder: string;
  /** No more answers from here on, as without a network. */
  goAway(): Promise<void>;
  close(): Promise<void>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** Builds the page into a temporary folder and serves it from a folder of a host. */
export async function buildSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-page-'));
  await build({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const base = '/some/folder/';
  const server = createServer(async ({ url = '' }, response) => {
    const path = normalize(new URL(url, 'http://host').pathname);
    try {
      if (!path.startsWith(base)) throw new Error('elsewhere');
      const file = path.slice(base.length) || 'index.html';
      const content = await readFile(join(folder, file));
      response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream');
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const goAway = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    folder,
    goAway,
    async close() {
      await goAway();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
