/** Serves a folder of files to a browser on this machine, as any host would. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

export interface Host {
  /** Of the folder; ends in a slash. */
  readonly url: string;
  /** No more answers from here on, as without a network. */
  close(): Promise<void>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/**
 * Serves a folder on a free port.
 *
 * @param base where the host has it; starts and ends in a slash.
 */
export async function hostFolder(folder: string, base = '/'): Promise<Host> {
  const server = createServer(async ({ url = '' }, response) => {
    const path = normalize(new URL(url, 'http://host').pathname).split(sep).join('/');
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
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
