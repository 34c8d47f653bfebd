/**
 * The WGSL under test: its files, and a call of each function with maths in it. No other test of
 * this folder knows a name of the WGSL, so whoever renames or moves something edits this table.
 */

import crossEntropy from '../../shaders/ops/cross-entropy.wgsl';
import logSoftmax from '../../shaders/ops/log-softmax.wgsl';
import softmaxVjp from '../../shaders/ops/softmax-vjp.wgsl';
import square from '../../shaders/product/square.wgsl';
import chains from '../../shaders/reductions/chains.wgsl';
import fourSums from '../../shaders/reductions/four-sums.wgsl';
import plainSum from '../../shaders/reductions/plain-sum.wgsl';
import sumOfExp from '../../shaders/reductions/sum-of-exp.wgsl';
import rowsFour from '../../shaders/rows/four.wgsl';
import rowsOne from '../../shaders/rows/one.wgsl';
import selectChoice from '../../shaders/select/choice.wgsl';
import selectKeys from '../../shaders/select/keys.wgsl';
import selectPhilox from '../../shaders/select/philox.wgsl';
import selectSums from '../../shaders/select/sums.wgsl';
import tiles from '../../shaders/select/tiles.wgsl';
import selectWide from '../../shaders/select/wide.wgsl';
import belowMax from '../../shaders/shared/below-max.wgsl';
import bits from '../../shaders/shared/bits.wgsl';
import exp from '../../shaders/shared/exp.wgsl';
import half from '../../shaders/shared/half.wgsl';
import halfNative from '../../shaders/shared/half-native.wgsl';
import halfTyped from '../../shaders/shared/half-typed.wgsl';
import high from '../../shaders/shared/high.wgsl';
import log from '../../shaders/shared/log.wgsl';
import rowMax from '../../shaders/shared/row-max.wgsl';
import sum from '../../shaders/shared/sum.wgsl';
import targetClassIndex from '../../shaders/targets/class-index.wgsl';
import targetDistribution from '../../shaders/targets/distribution.wgsl';
import type { Call } from './function';

/** Types of what is bound; `Row…` is a scalar or a vec4, as the files of rows say. */
export type Place =
  | 'u32'
  | 'f32'
  | 'i32'
  | 'RowF32'
  | 'RowU32'
  | 'vec2<u32>'
  | 'vec4<u32>'
  | 'vec4<i32>'
  | 'vec4<f32>'
  | 'vec4<f16>'
  | 'mat4x4<f32>'
  | 'ChunkSum';

/** What a quad is. */
export const rowFiles = { one: [rowsOne], four: [rowsFour] };
export type RowFiles = keyof typeof rowFiles;

const shared = [bits, exp, log, rowMax];
const defaults = [...shared, sum, belowMax, chains];
const highs = [high, ...shared, chains];
const flags = {
  MAPS_TO_EXP: true,
  KNOWS_TAIL: false,
  MASKED: true,
  MANY_CHAINS: true,
  SUMS_BESIDE: false,
  HAS_MAX: true,
};
const guarded = { ...flags, HIGH: false, PLAIN: false };
const plain = { ...guarded, PLAIN: true };
const guardedHigh = { ...guarded, HIGH: true };

/** The same call of the twins that make the default precision and 'high'. */
const twins = (call: Omit<Call, 'files' | 'constants'>) => ({
  default: { ...call, files: defaults, constants: guarded },
  high: { ...call, files: highs, constants: guardedHigh },
});

const knowsMax = 'set_max(RowF32x2(top[i], RowF32(FINITE)));';

/** A function of one row's value, or of two. */
const rowFunction = (files: readonly string[], value: string): Call => ({
  files,
  constants: files[0] === high ? guardedHigh : guarded,
  reads: { x: 'RowF32' },
  writes: { y: 'RowF32' },
  code: `y[i] = ${value};`,
});

/** A function that gives a number in two parts. */
const inTwoParts = (value: string, reads: Call['reads'] = { a: 'RowF32', b: 'RowF32' }): Call => ({
  files: highs,
  constants: guardedHigh,
  reads,
  writes: { first: 'RowF32', second: 'RowF32' },
  code: `let s = ${value}; first[i] = s[0]; second[i] = s[1];`,
});
const pairs = { a0: 'RowF32', a1: 'RowF32', b0: 'RowF32', b1: 'RowF32' } as const;

/** Sums of `terms` quads an invocation, in chains of 8 quads and blocks of 64. */
const sums = (
  files: readonly string[],
  adds: string,
  writes: Call['writes'],
  results: string,
  reads: Call['reads'] = { e: 'vec4<f32>' },
): Call => ({
  files,
  constants: {
    ...(files[0] === high ? guardedHigh : guarded),
    SUMS_BESIDE: files.includes(targetDistribution),
  },
  reads,
  writes,
  code: `clear_sums();
  for (var k = 0u; k < params.terms; k++) {
    let q = i * params.terms + k;
    ${adds}
    let ends = k + 1u == params.terms;
    close_chain(ends || k % 8u == 7u);
    close_span(ends || k % 64u == 63u);
  }
  ${results}`,
});
const one = { total: 'RowF32' } as const;
const two = { first: 'RowF32', second: 'RowF32' } as const;
const targetSums = { distance: 'RowF32', t: 'RowF32', troubles: 'RowF32' } as const;
const storesTwo = (name: string) => `let s = ${name}; first[i] = s[0]; second[i] = s[1];`;
/** Distances, of which those over 39.9 are trouble, and targets. */
const targets = { e: 'vec4<f32>', d: 'vec4<f32>', t_of: 'vec4<f32>' } as const;
const addsTargets = `add_exps(e[q]);
    let is_trouble = d[q] > vec4<f32>(39.9);
    add_targets(d[q], t_of[q], select(vec4<f32>(), vec4<f32>(1.0), is_trouble));`;
const storesTargets =
  'distance[i] = target_distance(); t[i] = target_sum(); troubles[i] = invalid_count();';

const halves = (files: readonly string[], words: 'vec2<u32>' | 'vec4<f16>') =>
  ({
    files,
    ...(words === 'vec4<f16>' && { directives: 'enable f16;' }),
    reads: { x: 'vec4<u32>' },
    writes: { y: words },
    code: 'y[i] = narrow(x[i]);',
  }) as const satisfies Call;

const expTwins = twins({
  reads: { x: 'vec4<u32>', top: 'RowF32' },
  writes: { y: 'vec4<f32>' },
  code: `${knowsMax} y[i] = exp_below_max(x[i]);`,
});

export const calls = {
  // Exponentials.
  expBelowMax: expTwins.default,
  expBelowMaxHigh: expTwins.high,
  /** Of plain rows, where there are no guards. */
  expOfLogitPlain: {
    ...expTwins.default,
    constants: plain,
    code: `${knowsMax} y[i] = exp_of_logit(x[i], true);`,
  },
  expAccurate: rowFunction(defaults, 'exp_accurate(x[i])'),
  /** exp of a number in two parts, as two factors. */
  expParts: {
    files: highs,
    reads: { high: 'vec4<f32>', low: 'vec4<f32>' },
    writes: { less_1: 'vec4<f32>', power: 'vec4<f32>' },
    code: 'let e = exp_parts(high[i], low[i]); less_1[i] = e[0]; power[i] = e[1];',
  },
  expOfLog: {
    files: [plainSum, ...defaults],
    reads: { x: 'vec4<u32>' },
    writes: { y: 'vec4<f32>' },
    code: 'y[i] = exp_of_log(x[i]);',
  },
  /** A part's sum below the row's maximum. */
  rescaled: {
    files: defaults,
    constants: guarded,
    reads: { sum: 'RowF32', part: 'RowF32', top: 'RowF32' },
    writes: { y: 'RowF32' },
    code: `${knowsMax} y[i] = rescaled_sum(sum[i], part[i]);`,
  },
  rescaledHigh: {
    files: highs,
    constants: guardedHigh,
    reads: { sum: 'RowF32', part: 'RowF32', top: 'RowF32' },
    writes: two,
    code: `${knowsMax} ${storesTwo('rescaled_sum(Sum(sum[i], RowF32()), part[i])')}`,
  },
  /** The factor that makes a part's exponential a probability. */
  shareBelow: {
    files: defaults,
    constants: guarded,
    reads: { sum: 'RowF32', part: 'RowF32', top: 'RowF32' },
    writes: { y: 'RowF32' },
    code: `${knowsMax} y[i] = share_below(part[i], sum[i]);`,
  },
  shareBelowHigh: {
    files: highs,
    constants: guardedHigh,
    reads: { sum: 'RowF32', part: 'RowF32', top: 'RowF32' },
    writes: { y: 'RowF32' },
    code: `${knowsMax} y[i] = share_below(part[i], Sum(sum[i], RowF32()));`,
  },
  shareOfChunk: {
    files: [selectSums, ...defaults],
    constants: guarded,
    reads: { sum: 'RowF32', part: 'RowF32', top: 'RowF32' },
    writes: { y: 'RowF32' },
    code: `${knowsMax} y[i] = share(sum[i], part[i]);`,
  },

  // Differences from the maximum.
  belowMax: {
    files: defaults,
    constants: guarded,
    reads: { x: 'RowF32', top: 'RowF32' },
    writes: { y: 'RowF32' },
    code: `${knowsMax} y[i] = below_max(x[i], params.half_reach);`,
  },
  belowMaxQuad: {
    files: [logSoftmax, ...defaults],
    constants: guarded,
    reads: { x: 'vec4<f32>', top: 'RowF32' },
    writes: { y: 'vec4<f32>' },
    code: `${knowsMax} y[i] = below_max_quad(x[i], params.half_reach);`,
  },
  plainBelowMax: {
    files: [logSoftmax, ...defaults],
    constants: guarded,
    reads: { x: 'vec4<f32>', top: 'RowF32' },
    writes: { y: 'vec4<f32>' },
    code: `${knowsMax} y[i] = plain_below_max(x[i]);`,
  },
  /** A quarter of the distance, not negative. */
  quarterBelowMax: {
    files: [targetDistribution, ...defaults],
    constants: guarded,
    reads: { x: 'vec4<f32>', top: 'RowF32' },
    writes: { y: 'vec4<f32>' },
    code: `${knowsMax} y[i] = quarter_below_max(x[i]);`,
  },
  /** s·max + a logarithm. */
  aboveMax: {
    files: defaults,
    constants: guarded,
    reads: { x: 'RowF32', top: 'RowF32' },
    writes: { y: 'RowF32' },
    code: `${knowsMax} y[i] = above_max(x[i]);`,
  },
  saturatingProduct: {
    files: [crossEntropy, ...defaults],
    reads: { a: 'RowF32', b: 'RowF32' },
    writes: { y: 'RowF32' },
    code: 'y[i] = saturating_product(a[i], b[i]);',
  },

  // Logarithms.
  logAccurate: rowFunction(defaults, 'log_accurate(x[i])'),
  log1pAccurate: rowFunction(defaults, 'log1p_accurate(x[i])'),
  logOf: rowFunction(defaults, 'log_of(x[i])'),
  log1pOf: rowFunction(defaults, 'log1p_of(x[i])'),
  logOfHigh: {
    ...rowFunction(highs, 'log_of(Sum(x[i], rest[i]))'),
    reads: { x: 'RowF32', rest: 'RowF32' },
  },
  log1pOfHigh: rowFunction(highs, 'log1p_of(Sum(x[i], RowF32()))'),

  // Numbers in two parts.
  twoSum: inTwoParts('two_sum(a[i], b[i])'),
  twoSumOrdered: inTwoParts('two_sum_ordered(a[i], b[i])'),
  twoProduct: inTwoParts('two_product(a[i], b[i])'),
  plusHigh: inTwoParts('plus(Sum(a0[i], a1[i]), Sum(b0[i], b1[i]))', pairs),
  timesHigh: inTwoParts('times(Sum(a0[i], a1[i]), Sum(b0[i], b1[i]))', pairs),
  ratioHigh: {
    files: highs,
    constants: guardedHigh,
    reads: pairs,
    writes: { y: 'RowF32' },
    code: 'y[i] = ratio(Sum(a0[i], a1[i]), Sum(b0[i], b1[i]));',
  },

  // Sums.
  sumOfExp: sums([sumOfExp, ...defaults], 'add_exps(e[q]);', one, 'total[i] = sum_of_exp();'),
  sumOfExpHigh: sums([high, sumOfExp, ...highs], 'add_exps(e[q]);', two, storesTwo('sum_of_exp()')),
  sumOfOthers: sums(
    [targetClassIndex, ...defaults],
    'add_exps(e[q]);',
    one,
    'total[i] = others();',
  ),
  sumOfOthersHigh: sums(
    [high, targetClassIndex, ...highs],
    'add_exps(e[q]);',
    two,
    storesTwo('others()'),
  ),
  sumsOfTargets: sums(
    [targetDistribution, fourSums, ...defaults],
    addsTargets,
    { ...one, ...targetSums },
    `total[i] = sum_of_exp(); ${storesTargets}`,
    targets,
  ),
  sumsOfTargetsHigh: sums(
    [high, targetDistribution, fourSums, ...highs],
    addsTargets,
    { ...two, ...targetSums },
    `${storesTwo('sum_of_exp()')} ${storesTargets}`,
    targets,
  ),
  /** Σ y·v, and whether an element is not finite. */
  sumOfProducts: sums(
    [softmaxVjp, plainSum, ...defaults],
    'add_quad(q, y_of[q], y_of[q], v_of[q], false);',
    { total: 'RowF32', poison: 'RowF32' },
    'end_sums(); total[i] = sums[0]; poison[i] = sums[1];',
    { y_of: 'vec4<u32>', v_of: 'vec4<u32>' },
  ),
  /** A block's 16 quads, below its maximum. */
  sumOfBlock: {
    files: [selectSums, tiles, ...defaults],
    constants: { ...guarded, HAS_TAIL: false },
    with: 'fn padded_x(quad: u32, last: u32) -> vec4<u32> { return x[quad]; }',
    reads: { x: 'vec4<u32>', top: 'f32' },
    writes: { y: 'f32' },
    code: `${knowsMax} y[i] = sum_of_tile(i * TILE_QUADS);`,
  },
  /** All chunks of a row. */
  sumOfChunks: {
    files: [selectSums, ...defaults],
    constants: guarded,
    reads: { chunk_sums: 'ChunkSum', top: 'f32' },
    writes: { y: 'f32' },
    code: `${knowsMax} y[i] = sum_of_chunks(i * params.chunks);`,
  },

  // Products of matrices.
  four: {
    files: [square],
    reads: { a: 'mat4x4<f32>', b: 'mat4x4<f32>' },
    writes: { c: 'mat4x4<f32>' },
    code: `for (var k = 0u; k < params.terms; k++) {
    four_SQUARE(a[i * params.terms + k], b[i * params.terms + k]);
  }
  c[i] = chain_SQUARE;`,
  },
  one: {
    files: [square],
    reads: { a: 'vec4<f32>', b: 'vec4<f32>' },
    writes: { c: 'mat4x4<f32>' },
    code: `for (var k = 0u; k < params.terms; k++) {
    one_SQUARE(a[i * params.terms + k], b[i * params.terms + k]);
  }
  c[i] = chain_SQUARE;`,
  },

  // Bits.
  finite: {
    files: shared,
    reads: { x: 'vec4<u32>' },
    writes: { y: 'vec4<f32>', special_: 'vec4<u32>' },
    code: 'y[i] = finite(x[i]); special_[i] = vec4<u32>(is_special(x[i]));',
  },
  finiteRow: {
    files: shared,
    reads: { x: 'RowU32' },
    writes: { y: 'RowF32', special_: 'RowU32' },
    code: 'y[i] = finite_row(x[i]); special_[i] = RowU32(is_special_row(x[i]));',
  },
  /** Four quads: the maximum, the row's kind, the lowest element, and whether the row is plain. */
  classify: {
    files: defaults,
    constants: guarded,
    reads: { x: 'vec4<u32>' },
    writes: { top: 'RowF32', kind: 'RowF32', lowest: 'RowF32', is_plain_: 'u32' },
    code: `clear_max();
  for (var k = 0u; k < 4u; k++) { update_max(x[4u * i + k]); }
  set_max(lane_max());
  top[i] = row_max; kind[i] = row_kind; lowest[i] = lane_min(); is_plain_[i] = u32(is_plain());`,
  },
  keys: {
    files: [...shared, selectKeys],
    reads: { x: 'vec4<u32>' },
    writes: { key: 'vec4<i32>', back: 'vec4<u32>', value: 'vec4<f32>', finite_: 'vec4<u32>' },
    code: `let k = keys_of(x[i]);
  key[i] = k;
  back[i] = vec4<u32>(bits_of(k.x), bits_of(k.y), bits_of(k.z), bits_of(k.w));
  value[i] = vec4<f32>(float_of(k.x), float_of(k.y), float_of(k.z), float_of(k.w));
  finite_[i] = vec4<u32>(vec4<bool>(is_finite(k.x), is_finite(k.y), is_finite(k.z), is_finite(k.w)));`,
  },
  largestKey: {
    files: [...shared, selectKeys],
    reads: { x: 'vec4<u32>' },
    writes: { key: 'i32', largest_: 'i32' },
    code: `clear_max();
  var greatest = EMPTY_KEY;
  for (var k = 0u; k < 4u; k++) {
    update_max(x[4u * i + k]);
    greatest = max(greatest, greatest_i32(keys_of(x[4u * i + k])));
  }
  key[i] = largest_key(); largest_[i] = greatest;`,
  },
  narrowInteger: halves([half], 'vec2<u32>'),
  narrowNative: halves([halfNative, half], 'vec2<u32>'),
  narrowTyped: halves([halfTyped], 'vec4<f16>'),

  // Random words.
  philox: {
    files: [selectPhilox],
    reads: { counter: 'vec4<u32>', seed: 'vec2<u32>' },
    writes: { words: 'vec4<u32>' },
    code: 'words[i] = philox(counter[i], seed[i]);',
  },
  /** Both halves of a product of words. */
  wordProduct: {
    files: [selectPhilox],
    reads: { a: 'u32', b: 'u32' },
    writes: { halves: 'vec2<u32>' },
    code: 'halves[i] = product(a[i], b[i]);',
  },

  /** A choice among four candidates; their weights' sum as an integer, and the one chosen. */
  choice: {
    files: [selectChoice, selectWide, selectPhilox],
    reads: { weights: 'vec4<f32>', random: 'vec2<u32>' },
    writes: { sums: 'vec2<u32>', chosen_out: 'u32' },
    code: `let all = weights[i];
  open_choice(max(1.0, all.x + all.y + all.z + all.w));
  for (var turn = 0u; turn < 2u; turn++) {
    aim(random[i]);
    for (var k = 0u; k < 4u; k++) {
      offer(k, all[k]);
    }
  }
  sums[i] = passed;
  chosen_out[i] = chosen;`,
  },
  /** A choice among one of weight 1 and 63 of another weight. */
  tailChoice: {
    files: [selectChoice, selectWide, selectPhilox],
    reads: { weight: 'f32', random: 'vec2<u32>' },
    writes: { chosen_out: 'u32' },
    code: `open_choice(64.0);
  for (var turn = 0u; turn < 2u; turn++) {
    aim(random[i]);
    for (var k = 0u; k < 64u; k++) {
      offer(k, select(weight[i], 1.0, k == 0u));
    }
  }
  chosen_out[i] = chosen;`,
  },
} as const satisfies Record<string, Call>;
