/** The implementations of WebGPU that kernels are compiled through, and the program of each. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export interface Engine {
  readonly name: 'dawn' | 'wgpu';
  /** With the package that has it and its version. */
  title(): string;
  /** The program and its arguments, up to the script. Throws an Error if it has no binary for this machine. */
  command(): readonly string[];
}

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8'))
    .version;

/** What Chrome has; here in Node. */
const dawn: Engine = {
  name: 'dawn',
  title: () => `Dawn (npm webgpu ${versionOf('webgpu')})`,
  command: () => [process.execPath],
};

/** What Firefox has; here in Deno, which may use the GPU and nothing else. */
const wgpu: Engine = {
  name: 'wgpu',
  title: () => `wgpu (npm deno ${versionOf('deno')})`,
  command: () => [
    (require('deno/install_api.cjs') as { runInstall(): string }).runInstall(),
    ...['run', '--quiet', '--no-prompt', '--no-config', '--no-lock', '--no-remote', '--no-npm'],
  ],
};

export const engines: readonly Engine[] = [dawn, wgpu];
