import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { buildFacts } from './build-facts.plugin.ts';
import { OTHERS_FOLDER, offline } from './offline.plugin.ts';
import { wgsl } from './wgsl.plugin.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The examples name the package; here that is its sources. */
export const alias = [
  { find: /^webgpu-softmax$/, replacement: at('src/index.ts') },
  { find: /^webgpu-softmax\/onnxruntime$/, replacement: at('src/interop/onnxruntime.ts') },
  { find: /^webgpu-softmax\/tfjs$/, replacement: at('src/interop/tfjs.ts') },
  { find: /^webgpu-softmax\/transformers$/, replacement: at('src/interop/transformers.ts') },
];

/** What is of other libraries, and models, goes into a folder of its own. */
const others =
  /(peer|ocr)\.worker|bench[\\/](peers|ocr)|node_modules|\.(wasm|onnx|woff2|trigrams)$/;
const folderOf = (names: readonly string[]) =>
  names.some((name) => others.test(name)) ? OTHERS_FOLDER : 'assets';

export default defineConfig(({ command }) => ({
  resolve: { alias },
  plugins: [
    buildFacts(),
    wgsl({ minify: command === 'build' }),
    offline(at('page/service-worker.js')),
  ],
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
  worker: {
    format: 'es' as const,
    plugins: () => [wgsl({ minify: command === 'build' })],
    rolldownOptions: {
      output: {
        entryFileNames: ({ facadeModuleId, name }) =>
          `${folderOf([facadeModuleId ?? name])}/[name]-[hash].js`,
        chunkFileNames: ({ moduleIds }) => `${folderOf(moduleIds)}/[name]-[hash].js`,
        assetFileNames: ({ names }) => `${folderOf(names)}/[name]-[hash][extname]`,
      },
    },
  },
  // The page's policy refuses `data:` addresses, which small files would become.
  build: {
    outDir: 'dist/page',
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: { assetFileNames: ({ names }) => `${folderOf(names)}/[name]-[hash][extname]` },
    },
  },
}));
