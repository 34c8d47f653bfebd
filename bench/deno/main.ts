/**
 * `npm run bench:deno`: the benchmark's table on a second implementation of WebGPU, wgpu, and where
 * there is no GPU on a second software adapter, Mesa's lavapipe.
 */
import type { Command } from '../arguments';
// With its extension: '../cli' is cli.mjs first.
import { main as benchMain } from '../cli.ts';
import { openDenoSession } from './session';

export const denoCommand: Command = {
  name: 'npm run bench:deno --',
  parts: ['table', 'growth', 'variants'],
  window: false,
  results: 'bench-deno',
};

/** See `main` of the benchmark. */
export const main = (argv: readonly string[]): Promise<void> =>
  benchMain(argv, { command: denoCommand, open: openDenoSession });
