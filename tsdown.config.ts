import { defineConfig } from 'tsdown';
import { shortProperties } from './short-names.plugin.ts';
import { wgsl } from './wgsl.plugin.ts';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    reference: 'src/reference/index.ts',
    onnxruntime: 'src/interop/onnxruntime.ts',
    tfjs: 'src/interop/tfjs.ts',
    transformers: 'src/interop/transformers.ts',
  },
  outDir: 'dist/lib',
  platform: 'browser',
  target: 'es2022',
  dts: { compilerOptions: { stripInternal: true } },
  minify: true,
  // All code that entries share in one file, so that the text of shaders follows it; types go apart.
  outputOptions: {
    advancedChunks: {
      groups: [{ name: 'library', test: /(src[\\/](?!interop|reference).*(?<!\.d)\.ts|\.wgsl)$/ }],
    },
  },
  plugins: [wgsl({ minify: true }), shortProperties()],
});
