import { defineConfig } from 'vite';
import { wgsl } from './wgsl.plugin.ts';

export default defineConfig(({ command }) => ({
  plugins: [wgsl({ minify: command === 'build' })],
  server: {
    // Cross-origin isolation lets ONNX Runtime Web use threads, and sharpens the page's clock.
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  // Dependencies are ES modules already. Bundling those found on the way reloads the page under a
  // running test or benchmark.
  optimizeDeps: {
    noDiscovery: true,
    // A peer of the benchmark that is made of hundreds of modules, some of them CommonJS.
    include: [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-core/dist/register_all_gradients',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  },
  base: './',
  build: { outDir: 'dist/page' },
}));
