/** Serves a folder of files to a browser on this machine, as any host would. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';

export interface Host {
  /** Of the folder; ends in a slash. */
  readonly url: string;
  /** What was asked for and refused, such as 'GET assets/gone.js: 404', and reports of broken policies. */
  readonly complaints: string[];
  /** No more answers from here on, as without a network. */
  close(): Promise<void>;
}

export interface HostOptions {
  /** Where the host has the folder; starts and ends in a slash. */
  readonly base?: string;
  /** The content security policy to send with a file; default: none. */
  readonly policyOf?: (file: string) => string;
  /** What to answer in a file's place: a status, 0 for no answer, or another file; default: the file. */
  readonly instead?: (file: string) => number | string | undefined;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Where browsers are told to send what broke a policy. */
const REPORTS = 'policy-reports';

/** Serves a folder on a free port. */
export async function hostFolder(
  folder: string,
  { base = '/', policyOf, instead = () => undefined }: HostOptions = {},
): Promise<Host> {
  const complaints: string[] = [];
  const server = createServer(async (request, response) => {
    const { method, url = '' } = request;
    const path = normalize(new URL(url, 'http://host').pathname).split(sep).join('/');
    const asked = path.startsWith(base) ? path.slice(base.length) || 'index.html' : undefined;
    if (method === 'POST' && asked === REPORTS) {
      complaints.push(`policy: ${await textOf(request)}`);
      response.writeHead(204).end();
      return;
    }
    const place = asked === undefined ? 404 : (instead(asked) ?? asked);
    try {
      if (typeof place === 'number') throw new Error(`${place}`);
      const content = await readFile(join(folder, place));
      response.setHeader('Content-Type', types[extname(place)] ?? 'application/octet-stream');
      const policy = policyOf?.(place);
      if (policy) {
        response.setHeader('Content-Security-Policy', `${policy}; report-uri ${base}${REPORTS}`);
      }
      response.end(content);
    } catch {
      const status = typeof place === 'number' ? place : 404;
      complaints.push(`${method} ${asked ?? path}: ${status}`);
      if (status === 0) request.destroy();
      else response.writeHead(status).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    complaints,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
