/** Mutants of the WGSL: of `shaders`. */
import type { Mutant } from './mutants';

export const shaders: readonly Mutant[] = [
  {
    file: 'shaders/ops/softmax.wgsl',
    was: 'add_exps(bitcast<vec4<f32>>(kept));',
    is: 'add_exps(1.0001 * bitcast<vec4<f32>>(kept));',
    test: ['test/ops/matrix.test.ts', '{"op":"softmax"} strided: false'],
  },
];
