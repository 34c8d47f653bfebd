import { defineConfig } from 'tsdown';
import { shortProperties } from './short-names.plugin.ts';
import { wgsl } from './wgsl.plugin.ts';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    reference: 'src/reference/index.ts',
    onnxruntime: 'src/interop/onnxruntime.ts',
    tfjs: 'src/interop/tfjs.ts',
  },
  outDir: 'dist/lib',
  platform: 'browser',
  target: 'es2022',
  dts: { compilerOptions: { stripInternal: true } },
  minify: true,
  plugins: [wgsl({ minify: true }), shortProperties()],
});
