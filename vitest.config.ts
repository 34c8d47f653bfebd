import { defineConfig } from 'vitest/config';
import { wgsl } from './wgsl.plugin.ts';

export default defineConfig({
  plugins: [wgsl()],
  test: {
    include: ['test/**/*.test.ts'],
    // One server and one browser for the whole run, and one file at a time on its GPU.
    globalSetup: 'test/browser/setup.ts',
    fileParallelism: false,
    // Work on a software adapter takes minutes.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
