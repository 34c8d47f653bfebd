import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Library } from './libraries';

/** The installed version of a peer. */
export function versionOf({ package: name }: Library): string | undefined {
  if (name === undefined) return undefined;
  const path = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(fileURLToPath(path), 'utf8')) as { version: string }).version;
}
