/**
 * Mutants that let a row see past its end, or write there; that take a subgroup for one of four lanes;
 * that read a mask's word in the wrong place; and that make a bound ten times as wide.
 */
import type { Mutant } from './mutants';

export const walks: readonly Mutant[] = [
  {
    file: 'shaders/walks/streamed.wgsl',
    was: '; quad + 3u < whole',
    is: '; quad + 3u <= whole',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'for (; quad < whole; quad++) {\n    update_max',
    is: 'for (; quad <= whole; quad++) {\n    update_max',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'quad + 3u < plain_end; quad += 4u) {\n    take',
    is: 'quad + 3u <= plain_end; quad += 4u) {\n    take',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'quad + 1u < plain_end; quad += 2u) {\n    take',
    is: 'quad + 1u <= plain_end; quad += 2u) {\n    take',
    test: [
      'test/ops/neighbours.test.ts',
      '{"op":"crossEntropyWithGrad","targets":"probabilities"} on every walk',
    ],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'quad + 1u < whole; quad += 2u) {\n    take',
    is: 'quad + 1u <= whole; quad += 2u) {\n    take',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'if (HAS_TAIL && quad < last) {\n    // Padding',
    is: 'if (HAS_TAIL && quad <= last) {\n    // Padding',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/elements.wgsl',
    was: 'word >> (k.x % 32u)',
    is: 'word >> (k.x % 16u)',
    test: ['test/ops/bit-mask.test.ts', 'masks by bits, in every regime'],
  },
  {
    file: 'shaders/loaders/scalar.wgsl',
    was: 'k < vec4<u32>(params.length));\n}\n\nfn load_tail',
    is: 'k <= vec4<u32>(params.length));\n}\n\nfn load_tail',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/held.wgsl',
    was: 'quad >= whole_quads()) {\n        store_tail_y',
    is: 'quad > whole_quads()) {\n        store_tail_y',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/held.wgsl',
    was: 'if (quad < last) {\n      if (HAS_TAIL',
    is: 'if (quad <= last) {\n      if (HAS_TAIL',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'quad + 3u * stride < plain_end; quad += 4u * stride) {\n    write',
    is: 'quad + 3u * stride <= plain_end; quad += 4u * stride) {\n    write',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'for (; quad < whole; quad += stride) {\n    write',
    is: 'for (; quad <= whole; quad += stride) {\n    write',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'quad + stride < whole; quad += 2u * stride) {\n    write',
    is: 'quad + step <= whole; quad += 2u * stride) {\n    write',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/unrolled.wgsl',
    was: 'x_STEP = tail_x(STEP);',
    is: 'x_STEP = element_x(STEP);',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/walks/unrolled.wgsl',
    was: 'load_tail_v(STEP)',
    is: 'load_v(STEP)',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmaxVjp"} on every walk'],
  },
  {
    file: 'shaders/walks/unrolled.wgsl',
    was: 'store_tail_y(STEP',
    is: 'store_y(STEP',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/loaders/scalar.wgsl',
    was: 'tail_length() > 2u) {\n      bits',
    is: 'tail_length() > 1u) {\n      bits',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/loaders/scalar.wgsl',
    was: 'tail_length() > 2u) {\n      store',
    is: 'tail_length() > 1u) {\n      store',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/loaders/packed.wgsl',
    was: 'vec4<u32>(0u, 1u, 2u, 3u) < vec4',
    is: 'vec4<u32>(0u, 1u, 2u, 3u) <= vec4',
    test: ['test/ops/neighbours.test.ts', 'f16, every role'],
  },
  {
    file: 'shaders/rows/four.wgsl',
    was: 'params.inner - 1u - row',
    is: 'params.inner - row',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/regimes/split-partial.wgsl',
    was: 'min(first + params.chunk_quads, quads())',
    is: 'first + params.chunk_quads',
    test: ['test/ops/neighbours.test.ts', '{"op":"softmax"} on every walk'],
  },
  {
    file: 'shaders/select/scan-invocation.wgsl',
    was: 'update_max(padded_x(quad + 3u, quads()));',
    is: 'update_max(element_x(quad + 3u));',
    test: ['test/ops/neighbours.test.ts', 'picks and draws'],
  },
  {
    file: 'shaders/select/scan-workgroup.wgsl',
    was: 'if (first + place < quads()) {\n      let bits',
    is: 'if (first + place <= quads()) {\n      let bits',
    test: ['test/ops/neighbours.test.ts', 'picks and draws'],
  },
  {
    file: 'shaders/select/sums.wgsl',
    was: 'chain += exp_below_max(padded_x(quad + 3u, quads()));',
    is: 'chain += exp_below_max(element_x(quad + 3u));',
    test: ['test/ops/neighbours.test.ts', 'picks and draws'],
  },
  {
    file: 'shaders/select/tiles.wgsl',
    was: 'quad >= whole_quads()',
    is: 'quad > whole_quads()',
    test: ['test/ops/neighbours.test.ts', 'picks and draws'],
  },
  {
    file: 'shaders/product/operands.wgsl',
    was: 'if (last > 1u) {',
    is: 'if (last > 0u) {',
    test: ['test/ops/neighbours.test.ts', 'products, steps and Jacobians, for a gpu'],
  },
  {
    file: 'shaders/training/every-element.wgsl',
    was: 'e < params.count',
    is: 'e <= params.count',
    test: ['test/ops/neighbours.test.ts', 'products, steps and Jacobians, for a cpu'],
  },
  {
    file: 'shaders/loaders/flat.wgsl',
    was: 'left > 1u',
    is: 'left > 0u',
    test: ['test/ops/neighbours.test.ts', 'products, steps and Jacobians, for a cpu'],
  },
  {
    file: 'shaders/loaders/flat.wgsl',
    was: 'index < vec2<u32>(params.elements)',
    is: 'index <= vec2<u32>(params.elements)',
    test: ['test/ops/neighbours.test.ts', 'products, steps and Jacobians, for a cpu'],
  },
  {
    file: 'shaders/lanes/subgroup.wgsl',
    was: 'lane = index % LANES;',
    is: 'lane = index % 4u;',
    test: ['test/lavapipe/wide.test.ts', 'rows by subgroups'],
  },
  {
    file: 'shaders/lanes/subgroup.wgsl',
    was: 'subgroup * size',
    is: 'subgroup * 4u',
    test: ['test/lavapipe/wide.test.ts', 'rows by subgroups'],
  },
  {
    file: 'src/reference/cross-entropy.ts',
    was: 'const LOG1P = 12;',
    is: 'const LOG1P = 120;',
    test: ['test/ops/bounds.test.ts', 'every part of every bound is come near'],
  },
  {
    file: 'src/reference/cross-entropy.ts',
    was: 'error = target.size * othersError(row, k);',
    is: 'error = 10 * target.size * othersError(row, k);',
    test: ['test/ops/bounds.test.ts', 'every part of every bound is come near'],
  },
  {
    file: 'src/reference/bounds.ts',
    was: 'export const SUM = 3;',
    is: 'export const SUM = 30;',
    test: ['test/ops/bounds.test.ts', 'every part of every bound is come near'],
  },
  {
    file: 'src/reference/bounds.ts',
    was: 'export const HIGH = 6;',
    is: 'export const HIGH = 60;',
    test: ['test/ops/bounds.test.ts', 'every part of every bound is come near'],
  },
];
