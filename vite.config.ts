import { defineConfig } from 'vite';
import { wgsl } from './wgsl.plugin.ts';

const source = (path: string) => new URL(`./src/${path}`, import.meta.url).pathname;

/** The examples name the package; here that is its sources. */
export const alias = [
  { find: /^webgpu-softmax$/, replacement: source('index.ts') },
  { find: /^webgpu-softmax\/onnxruntime$/, replacement: source('interop/onnxruntime.ts') },
  { find: /^webgpu-softmax\/tfjs$/, replacement: source('interop/tfjs.ts') },
];

export default defineConfig(({ command }) => ({
  plugins: [wgsl({ minify: command === 'build' })],
  resolve: { alias },
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
