/** Mutants of what selects: filters, draws, places, and what adjusts logits before them. */
import type { Mutant } from './mutants';

const cutoff = 'test/ops/cutoff.test.ts';
const select = 'test/ops/select.test.ts';
const adjust = 'test/ops/adjust.test.ts';
const places = 'test/ops/log-probabilities.test.ts';
const realRows = 'test/ops/real-rows.test.ts';
const sampler = 'test/sampler/sampler.test.ts';
const filters = 'test/reference/cutoff.test.ts';

const exact = [cutoff, 'cases whose answer is exact'] as const;
const specials = [cutoff, 'equals, distances that no grid fits, and special values'] as const;
const short = [cutoff, '4 rows of 1000 with a deviation of 3'] as const;
const misleading = [cutoff, 'a sample that misleads: the largest are where none is read'] as const;
const filtered = [select, 'sample draws among what filters keep, as the reference does'] as const;
const ofModel = [
  realRows,
  'filters keep what they promise of a language model’s words, and those alone are drawn',
] as const;
const adjusted = [adjust, 'logits with a bias and penalties, and tokens that are counted'] as const;
const placed = [places, 'log-probabilities and ranks, in both regimes'] as const;

export const selection: readonly Mutant[] = [
  {
    file: 'shaders/select/cut.wgsl',
    was: 'key == cut.key && place <= cut.place',
    is: 'key == cut.key && place < cut.place',
    test: exact,
  },
  {
    file: 'shaders/select/cut.wgsl',
    was: '(places <= vec4<u32>(cut.place))',
    is: '(places < vec4<u32>(cut.place))',
    test: filtered,
  },
  {
    file: 'shaders/select/cut-bracket.wgsl',
    was: '<= params.reach) {',
    is: '< params.reach) {',
    test: exact,
  },
  {
    file: 'shaders/select/cut-bracket.wgsl',
    was: 'open_cut(cut.top);',
    is: '',
    test: short,
  },
  {
    file: 'shaders/select/cut-bracket.wgsl',
    was: 'cut.kept = 0u;',
    is: '',
    test: specials,
  },
  {
    file: 'shaders/select/cut-mark-invocation.wgsl',
    was: 'tile_keys[base + tile] >= cut.low',
    is: 'tile_keys[base + tile] > cut.low',
    test: exact,
  },
  {
    file: 'shaders/select/cut-mark-invocation.wgsl',
    was: 'wide_sum(all_weights, ',
    is: 'wide_sum(above, ',
    test: short,
  },
  {
    file: 'shaders/select/cut-mark-workgroup.wgsl',
    was: 'count += quad_marks[at_slot] >> 4u;',
    is: 'count += quad_marks[at_slot] >> 5u;',
    test: short,
  },
  {
    file: 'shaders/select/cut-mark-workgroup.wgsl',
    was: 'sum_of_all += chain_of_all;',
    is: 'sum_of_all = chain_of_all;',
    test: short,
  },
  {
    file: 'shaders/select/cut-mark-invocation.wgsl',
    was: 'raw > vec4<i32>(high);',
    is: 'raw >= vec4<i32>(high);',
    test: exact,
  },
  {
    file: 'shaders/select/cut-keep.wgsl',
    was: 'tile_sums[base + tile] += sum;',
    is: 'tile_sums[base + tile] = sum;',
    test: filtered,
  },
  {
    file: 'shaders/select/cut-keep.wgsl',
    was: 'if (is_in_prefix(cut, key, place)) {',
    is: 'if (true) {',
    test: filtered,
  },
  {
    file: 'shaders/select/cut-settle.wgsl',
    was: 'vec2<u32>(0u, 1u), all(part == vec2<u32>())',
    is: 'vec2<u32>(), all(part == vec2<u32>())',
    test: exact,
  },
  {
    file: 'shaders/select/cut-search.wgsl',
    was: 'is_first &= j >= i;',
    is: 'is_first &= j > i;',
    test: ofModel,
  },
  {
    file: 'shaders/select/cut-search.wgsl',
    was: 'mass = wide_sum(mass, few_masses[j]);',
    is: 'mass = wide_sum(mass, few_masses[i]);',
    test: ofModel,
  },
  {
    file: 'shaders/select/cut-search.wgsl',
    was: 'mass.x + select(0u, 1u, before + mass.y < before)',
    is: 'mass.x',
    test: ofModel,
  },
  {
    file: 'shaders/select/cut-settle.wgsl',
    was: 'is_reached(search.count + n,',
    is: 'is_reached(search.count + n + 1u,',
    test: exact,
  },
  {
    file: 'shaders/select/cut-settle.wgsl',
    was: 'left -= atomicLoad(&bin_counts[bin]);',
    is: '',
    test: filtered,
  },
  {
    file: 'shaders/select/cut-settle.wgsl',
    was: 'look_between(cut.key, cut.low - 1);',
    is: 'look_between(cut.low - 1, cut.low - 1);',
    test: misleading,
  },
  {
    file: 'shaders/select/wide.wgsl',
    was: 'n * a.x + low.x',
    is: 'n * a.x',
    test: ofModel,
  },
  {
    file: 'shaders/select/wide.wgsl',
    was: 'u32((scaled - whole) * 0x1p32)',
    is: '0u',
    test: ofModel,
  },
  {
    file: 'shaders/select/choice.wgsl',
    was: 'goal = wide_sum(wide_sum(upper, vec2<u32>(0u, middle.x)), vec2<u32>(0u, middle.y));\n  passed = vec2<u32>();',
    is: 'goal = wide_sum(wide_sum(upper, vec2<u32>(0u, middle.x)), vec2<u32>(0u, middle.y));',
    test: [
      'test/wgsl/words.test.ts',
      'a choice is that of integers, and nothing of weight 0 is chosen',
    ],
  },
  {
    file: 'shaders/select/choice.wgsl',
    was: 'vec2<u32>(0u, middle.y));',
    is: 'vec2<u32>());',
    test: [
      'test/wgsl/words.test.ts',
      'a choice is that of integers, and nothing of weight 0 is chosen',
    ],
  },
  {
    file: 'shaders/select/log-probability.wgsl',
    was: 'select(part, 0.0, tile == own_tile)',
    is: 'part',
    test: [
      places,
      'values near 0, equals in the order of their indices, and arguments on the host',
    ],
  },
  {
    file: 'shaders/select/log-probability.wgsl',
    was: 'chunk == own_chunk)',
    is: 'false)',
    test: placed,
  },
  {
    file: 'shaders/select/log-probability.wgsl',
    was: 'select(bitcast<u32>(t - log_of(sum_of_row(row))), NEG_INF, bits.x == NEG_INF)',
    is: 'bitcast<u32>(t - log_of(sum_of_row(row)))',
    test: placed,
  },
  {
    file: 'shaders/select/rank.wgsl',
    was: '(k < vec4<u32>(index))',
    is: '(k <= vec4<u32>(index))',
    test: placed,
  },
  {
    file: 'shaders/select/rank.wgsl',
    was: 'if (chunk_keys[row * params.chunk_stride + chunk] < key) {',
    is: 'if (chunk_keys[row * params.chunk_stride + chunk] <= key) {',
    test: placed,
  },
  {
    file: 'shaders/adjust/bias.wgsl',
    was: 'if (index_of(before) == class_index) {',
    is: 'if (false) {',
    test: adjusted,
  },
  {
    file: 'shaders/adjust/bias.wgsl',
    was: 'for (var i = entry; i',
    is: 'for (var i = entry + 1u; i',
    test: adjusted,
  },
  {
    file: 'shaders/adjust/penalized.wgsl',
    was: 'generated > 0u',
    is: 'generated > 1u',
    test: adjusted,
  },
  {
    file: 'shaders/adjust/penalized.wgsl',
    was: 'seen & 0x7fffffffu',
    is: 'seen & 0xffu',
    test: [adjust, 'values by hand'],
  },
  {
    file: 'shaders/adjust/penalized.wgsl',
    was: 'params.additive_first != 0u',
    is: 'params.additive_first == 0u',
    test: adjusted,
  },
  {
    file: 'shaders/adjust/count-tokens.wgsl',
    was: 'if (token >= params.length) {',
    is: 'if (token > params.length) {',
    test: adjusted,
  },
  {
    file: 'shaders/adjust/count-tokens.wgsl',
    was: 'atomicOr(&counts[place], 0x80000000u);',
    is: 'atomicAdd(&counts[place], 0x80000000u);',
    test: [adjust, 'values by hand'],
  },
  {
    file: 'src/select/filter-plan.ts',
    was: 'MIN_P ? 1 : 2',
    is: 'MIN_P ? 1 : 1',
    test: misleading,
  },
  {
    file: 'src/ops/filters.ts',
    was: 'const isDrawScale = drawScale.scale === filterScale.scale;',
    is: 'const isDrawScale = true;',
    test: filtered,
  },
  {
    file: 'src/sampler/readings.ts',
    was: 'this.free.push(staging);',
    is: '',
    test: [sampler, 'reads overlap and come in order; more steps than depth are refused'],
  },
  {
    file: 'src/sampler/readings.ts',
    was: 'for (const buffer of this.all) buffer.destroy();',
    is: '',
    test: [sampler, 'reads that wait are told what ended them, and nothing is left'],
  },
  {
    file: 'src/sampler/sampler.ts',
    was: 'call.add(planCountTokens, task);',
    is: '',
    test: [sampler, 'penalties follow what was drawn'],
  },
  {
    file: 'src/reference/filters.ts',
    was: 'passed < topP * base',
    is: 'passed <= topP * base',
    test: [filters, '{"topP":0.5} of [3,3,3,3,3,3,3,3] keeps 4'],
  },
  {
    file: 'src/reference/filters.ts',
    was: 'Math.max(kept, Math.min(minKeep, finite))',
    is: 'Math.max(kept, minKeep)',
    test: [
      filters,
      '{"minP":1,"minKeep":4} of [-0.916290731874155,-1.2039728043259361,-1.2039728043259361,null] keeps 3',
    ],
  },
];
