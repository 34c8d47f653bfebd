import { defineConfig } from 'tsdown';
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
  plugins: [wgsl({ minify: true })],
});
