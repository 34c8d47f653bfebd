/** The built page, served as any host of files would. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type HostOptions, hostFolder } from '../browser/host';

export interface Site {
  /** Of the page, in a folder of the host; ends in a slash. */
  readonly url: string;
  /** Where its files are. */
  readonly folder: string;
  /** What its host refused, and what broke a policy; see `Host`. */
  readonly complaints: string[];
  /** No more answers from here on, as without a network. */
  goAway(): Promise<void>;
  close(): Promise<void>;
}

/** Builds the page into a temporary folder and serves it from a folder of a host. */
export async function buildSite(options: HostOptions = {}): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-page-'));
  await build({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  const host = await hostFolder(folder, { base: '/some/folder/', ...options });
  return {
    url: host.url,
    folder,
    complaints: host.complaints,
    goAway: host.close,
    async close() {
      await host.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
