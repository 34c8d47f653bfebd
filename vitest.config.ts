import { defineConfig } from 'vitest/config';
import { WORKERS } from './test/browser/workers.ts';
import { LongestFirst } from './test/longest-first.ts';
import { alias } from './vite.config.ts';
import { wgsl } from './wgsl.plugin.ts';

export default defineConfig({
  plugins: [wgsl()],
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts'],
    // One server for the whole run, and one browser a worker: each has one file at a time. A browser
    // compiles shaders on one core, which is what takes a software adapter longest.
    globalSetup: 'test/browser/setup.ts',
    maxWorkers: WORKERS,
    // Loading Puppeteer and the library anew for each of a hundred files takes over a minute.
    isolate: false,
    setupFiles: 'test/after-file.ts',
    sequence: { sequencer: LongestFirst },
    // Work on a software adapter takes minutes, and the long form of the trust tests more of them.
    testTimeout: process.env.TRUST === 'long' ? 3_600_000 : 600_000,
    hookTimeout: 600_000,
  },
});
