import { execFileSync, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { PEERS } from './bench/peers/libraries.ts';
import { versionOf } from './bench/peers/versions.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Plugin for Vite: what `virtual:build-facts` exports; see page/build-facts.d.ts. */
export function buildFacts(): Plugin {
  const id = 'virtual:build-facts';
  let isBuilt = false;
  return {
    name: 'build-facts',
    config(_, { command }) {
      isBuilt = command === 'build';
    },
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(path) {
      if (path !== `\0${id}`) return null;
      const facts = {
        isBuilt,
        version: JSON.parse(readFileSync(at('package.json'), 'utf8')).version,
        commit: commit(),
        peerVersions: Object.fromEntries(PEERS.map((peer) => [peer.name, versionOf(peer)])),
      };
      return Object.entries(facts)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`)
        .join('');
    },
  };
}

/** Of the sources; null outside of a repository. */
function commit(): string | null {
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'ignore'];
    const git = ['rev-parse', 'HEAD'];
    return execFileSync('git', git, { cwd: at('.'), encoding: 'utf8', stdio }).trim();
  } catch {
    return null;
  }
}
