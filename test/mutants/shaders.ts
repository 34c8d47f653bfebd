/** Mutants of the WGSL: of `shaders`. */
import type { Mutant } from './mutants';

export const shaders: readonly Mutant[] = [
  {
    file: 'shaders/ops/softmax.wgsl',
    was: 'bitcast<vec4<f32>>(mapped) * inverse',
    is: '1.00001 * bitcast<vec4<f32>>(mapped) * inverse',
    test: ['test/ops/matrix.test.ts', '{"op":"softmax"} strided: false'],
  },
  {
    file: 'shaders/shared/row-max.wgsl',
    was: 'select(RowU32(NAN), RowU32(params.empty_fill), row_kind == RowF32(EMPTY))',
    is: 'RowU32(NAN)',
    test: ['test/ops/matrix.test.ts', '{"op":"softmax"} special values'],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'update_max(element_x(quad + 3u));',
    is: 'update_max(element_x(quad + 2u));',
    test: [
      'test/kernels/positions.test.ts',
      'a NaN anywhere in a row of 1023, strided false, is seen in every regime',
    ],
  },
  {
    file: 'shaders/walks/streamed.wgsl',
    was: 'for (; quad < whole; quad++) {\n    take(quad, false);',
    is: 'for (; quad + 1u < whole; quad++) {\n    take(quad, false);',
    test: ['test/ops/matrix.test.ts', '{"op":"softmax"} strided: false'],
  },
  {
    file: 'shaders/walks/held.wgsl',
    was: 'update_max(held_x[i]);',
    is: 'update_max(held_x[0]);',
    test: [
      'test/kernels/positions.test.ts',
      'a NaN anywhere in a row of 130, strided false, is seen in every regime',
    ],
  },
  {
    file: 'shaders/regimes/split-merge.wgsl',
    was: 'chunk < params.chunks; chunk += lanes) {\n    top',
    is: 'chunk + 1u < params.chunks; chunk += lanes) {\n    top',
    test: ['test/ops/matrix.test.ts', '{"op":"softmax"} strided: false'],
  },
  {
    file: 'shaders/regimes/split-finish.wgsl',
    was: 'min(first + params.chunk_quads, quads())',
    is: 'min(first + params.chunk_quads - 1u, quads())',
    test: ['test/ops/matrix.test.ts', '{"op":"softmax"} strided: false'],
  },
  {
    file: 'shaders/lanes/workgroup.wgsl',
    was: 'for (var i = 1u; i < FAN; i++) {\n    result = max_pair(',
    is: 'for (var i = 2u; i < FAN; i++) {\n    result = max_pair(',
    test: [
      'test/kernels/positions.test.ts',
      'a NaN anywhere in a row of 1023, strided false, is seen in every regime',
    ],
  },
  {
    file: 'shaders/lanes/subgroup.wgsl',
    was: 'result = max(result, subgroupShuffleXor(result, distance));',
    is: 'result = max(result, subgroupShuffleXor(result, 1u));',
    test: ['test/ops/matrix.test.ts', '{"op":"softmax"} strided: false'],
  },
  {
    file: 'shaders/loaders/columns-scalar.wgsl',
    was: 'store_single_data(i.w, bits.w);',
    is: '',
    test: ['test/ops/matrix.test.ts', '{"op":"softmax"} strided: true'],
  },
  {
    file: 'shaders/targets/options.wgsl',
    was: 'min(k, params.classes - 1u)',
    is: 'min(k + 1u, params.classes - 1u)',
    test: ['test/ops/matrix.test.ts', '{"op":"crossEntropyWithGrad","weights":true} strided: true'],
  },
  {
    file: 'shaders/targets/class-index.wgsl',
    was: 'index % 4u',
    is: '(index + 1u) % 4u',
    test: [
      'test/ops/matrix.test.ts',
      '{"op":"crossEntropyWithGrad","weights":true} strided: false',
    ],
  },
  {
    file: 'shaders/targets/smoothed-index.wgsl',
    was: 'own_part(quad) + params.class_share',
    is: 'own_part(quad)',
    test: [
      'test/ops/matrix.test.ts',
      '{"op":"crossEntropyWithGrad","labelSmoothing":0.1,"zLoss":0.001,"reduction":"sum"} strided: true',
    ],
  },
  {
    file: 'shaders/targets/distribution.wgsl',
    was: '0.25 * row_max - 0.25 * x',
    is: '0.25 * row_max - 0.25001 * x',
    test: [
      'test/ops/matrix.test.ts',
      '{"op":"crossEntropyWithGrad","targets":"probabilities"} strided: true',
    ],
  },
  {
    file: 'shaders/targets/class-index.wgsl',
    was: 'sums[0] += sum_of(terms);',
    is: 'sums[0] = sum_of(terms);',
    test: ['test/ops/matrix.test.ts', '{"op":"crossEntropyWithGrad","weights":true} strided: true'],
  },
  {
    file: 'shaders/select/best.wgsl',
    was: 'a.place < b.place',
    is: 'a.place > b.place',
    test: ['test/ops/select.test.ts', 'ties go to the lowest index'],
  },
  {
    file: 'shaders/select/pick.wgsl',
    was: 'max(tile.next, best.next)',
    is: 'tile.next',
    test: ['test/ops/select.test.ts', 'topK of rows of every length, split-per-invocation'],
  },
  {
    file: 'shaders/select/pick.wgsl',
    was: '(places > vec4<u32>(last_place))',
    is: '(places >= vec4<u32>(last_place))',
    test: ['test/ops/select.test.ts', 'ties go to the lowest index'],
  },
  {
    file: 'shaders/select/keys.wgsl',
    was: 'keys < vec4<i32>(NEG_INF_KEY)',
    is: 'keys <= vec4<i32>(NEG_INF_KEY)',
    test: [
      'test/ops/select.test.ts',
      'special values are PyTorch’s, and k may be over the finite ones',
    ],
  },
  {
    file: 'shaders/select/philox.wgsl',
    was: 'round < 10u',
    is: 'round < 9u',
    test: ['test/ops/select.test.ts', 'sample draws as the reference does, but for near-ties'],
  },
  {
    file: 'shaders/select/draw.wgsl',
    was: 'select(0u, 1u, low < by)',
    is: '0u',
    test: ['test/ops/select.test.ts', 'sample draws as the reference does, but for near-ties'],
  },
  {
    file: 'shaders/select/draw.wgsl',
    was: 'vec2<u32>(upper.y, lower.y)',
    is: 'vec2<u32>(upper.x, lower.y)',
    test: ['test/ops/select.test.ts', 'sample draws as the reference does, but for near-ties'],
  },
  {
    file: 'shaders/select/draw.wgsl',
    was: 'row_numbers[place] = next.x;',
    is: '',
    test: [
      'test/sampler/sampler.test.ts',
      'steps draw what sample draws, alone and recorded together',
    ],
  },
  {
    file: 'shaders/sampler/words-of-i32.wgsl',
    was: 'bitcast<u32>(bitcast<i32>(low) >> 31u)',
    is: 'low >> 31u',
    test: ['test/sampler/sampler.test.ts', 'tokens are on the GPU, as i32 or in two words'],
  },
  {
    file: 'shaders/select/draw.wgsl',
    was: 'draw, 1u)',
    is: 'draw, 0u)',
    test: [
      'test/ops/select.test.ts',
      'of 64 classes those beside the largest are drawn evenly too',
    ],
  },
  {
    file: 'shaders/select/wide.wgsl',
    was: 'select(0u, 1u, low < a.y)',
    is: '0u',
    test: [
      'test/wgsl/words.test.ts',
      'a choice is that of integers, and nothing of weight 0 is chosen',
    ],
  },
  {
    file: 'shaders/select/tiles.wgsl',
    was: '+ row % params.result_stride',
    is: '',
    test: ['test/ops/select.test.ts', 'columns, halves, masks, blocks of rows, and many rows'],
  },
  {
    file: 'shaders/select/pick.wgsl',
    was: 'total = sum_of_tile(0u);',
    is: 'total = sum_of_tile(1u);',
    test: [
      'test/ops/select.test.ts',
      'special values are PyTorch’s, and k may be over the finite ones',
    ],
  },
  {
    file: 'shaders/product/operands.wgsl',
    was: 'if (i + 2u < params.rows) {',
    is: 'if (i + 3u < params.rows) {',
    test: ['test/ops/linear-cross-entropy.test.ts', 'workgroup: every size'],
  },
  {
    file: 'shaders/product/operands.wgsl',
    was: 'if (params.accumulate == 0u) {',
    is: 'if (params.accumulate != 9u) {',
    test: [
      'test/ops/linear-cross-entropy.test.ts',
      'logits in blocks of rows, and in ranges of classes where a row does not fit',
    ],
  },
  {
    file: 'shaders/product/workgroup.wgsl',
    was: 'sum += chain;',
    is: 'sum = chain;',
    test: ['test/ops/linear-cross-entropy.test.ts', 'workgroup: every size'],
  },
  {
    file: 'shaders/product/columns-quad.wgsl',
    was: '(tiles + 3u) / 4u * 4u',
    is: 'tiles',
    test: ['test/ops/linear-cross-entropy.test.ts', 'quads: every size'],
  },
  {
    file: 'shaders/product/registers.wgsl',
    was: 'for (; l < last; l++) {',
    is: 'for (; l + 1u < last; l++) {',
    test: ['test/ops/linear-cross-entropy.test.ts', 'registers: every size'],
  },
  {
    file: 'shaders/product/merge.wgsl',
    was: 'sum += bias[params.offset_bias + j];',
    is: '',
    test: ['test/ops/linear-cross-entropy.test.ts', 'workgroup: every size'],
  },
  {
    file: 'shaders/product/merge.wgsl',
    was: 'part < end; part++',
    is: 'part + 1u < end; part++',
    test: ['test/ops/linear-cross-entropy.test.ts', 'workgroup: every size'],
  },
  {
    file: 'shaders/training/sgd-step.wgsl',
    was: 'params.offset_grad + e',
    is: 'e',
    test: [
      'test/ops/sgd-step.test.ts',
      'weight, gradient and velocity at byte offsets of their own',
    ],
  },
  {
    file: 'shaders/training/sgd-step.wgsl',
    was: 'params.offset_velocity + e',
    is: 'e',
    test: [
      'test/ops/sgd-step.test.ts',
      'weight, gradient and velocity at byte offsets of their own',
    ],
  },
  {
    file: 'shaders/training/sgd-step.wgsl',
    was: 'weight[params.offset_weight + e] -=',
    is: 'weight[e] -=',
    test: [
      'test/ops/sgd-step.test.ts',
      'weight, gradient and velocity at byte offsets of their own',
    ],
  },
  {
    file: 'shaders/training/sgd-step.wgsl',
    was: 'params.weight_decay * weight[params.offset_weight + e]',
    is: 'params.weight_decay * weight[e]',
    test: [
      'test/ops/adam-step.test.ts',
      'steps of any length, the first and later ones, with each kind of decay',
    ],
  },
  ...(
    [
      ['(g * g)', 'g'],
      ['params.keep * before', 'before'],
      ['params.rest1 * g', 'g'],
      ['sqrt(v) + params.epsilon', 'sqrt(v + params.epsilon)'],
      ['params.offset_squares + e] = v', 'e] = v'],
      ['let before = weight[params.offset_weight + e]', 'let before = weight[e]'],
    ] as const
  ).map(([was, is]) => ({
    file: 'shaders/training/adam-step.wgsl',
    was,
    is,
    test: [
      'test/ops/adam-step.test.ts',
      'steps of any length, the first and later ones, with each kind of decay',
    ] as const,
  })),
  {
    file: 'shaders/training/every-element.wgsl',
    was: 'first + 3u * WORKGROUP_SIZE < params.count',
    is: 'first + 2u * WORKGROUP_SIZE < params.count',
    test: ['test/ops/sgd-step.test.ts', 'steps with and without momentum, of any length'],
  },
  {
    file: 'shaders/training/pick-rows.wgsl',
    was: 'if (row < params.rows_of_x) {',
    is: 'if (row <= params.rows_of_x) {',
    test: [
      'test/ops/linear-cross-entropy.test.ts',
      'rows that are not there, no rows, a recorded call',
    ],
  },
  {
    file: 'shaders/shared/high.wgsl',
    was: '0.16666521',
    is: '0.1666662',
    test: [
      'test/wgsl/exponentials.test.ts',
      'exp of a number in two parts, as two factors: ½ U before it is rounded',
    ],
  },
  {
    file: 'shaders/shared/high.wgsl',
    was: 'product[1] + (a[0] * b[1] + a[1] * b[0])',
    is: 'product[1] + a[0] * b[1]',
    test: ['test/wgsl/two-parts.test.ts', 'products of two numbers in two parts: 2⁻³²'],
  },
  {
    file: 'shaders/ops/cross-entropy.wgsl',
    was: 'select(a * b, limit, (abs(a) > RowF32(1.0)) & (abs(b) > most))',
    is: 'a * b',
    test: ['test/wgsl/logarithms.test.ts', 'a product that stops at ±FLT_MAX'],
  },
  {
    file: 'shaders/shared/half-native.wgsl',
    was: 'vec4<u32>(0xfffu)',
    is: 'vec4<u32>(0x1000u)',
    test: ['test/wgsl/bits.test.ts', 'halves of any f32, by the device’s own instruction'],
  },
  {
    file: 'shaders/shared/row-max.wgsl',
    was: 'let reached = (least <= vec4<u32>(lowest_negative))',
    is: 'let reached = (least < vec4<u32>(NEG_INF))',
    test: ['test/wgsl/bits.test.ts', 'a row’s maximum, its lowest element and its kind'],
  },
];
