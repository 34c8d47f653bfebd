/**
 * Vector instructions on floats. Results are rounded to the nearest, ties to even. Transcendental ones
 * are the nearest f32 here, and within one unit of that on the hardware.
 */
import { fused, larger, median, smaller, toNearestEven } from './floats';
import { f16, f32, type LaneOperation, type LaneOperations } from './lane-operation';
import type { Compute } from './lanes';

const accumulating = (operation: LaneOperation): LaneOperation => ({
  ...operation,
  accumulates: true,
});

/** Zero times anything is zero. */
const legacyProduct: Compute = (a, b) => (a === 0 || b === 0 ? 0 : a * b);
const larger3: Compute = (a, b, c) => larger(larger(a, b), c);
const smaller3: Compute = (a, b, c) => smaller(smaller(a, b), c);
const fraction: Compute = (a) => Math.min(a - Math.floor(a), 1 - 2 ** -24);

/** Of either precision, by what follows `v_` and goes before the type. */
const ofBoth: Readonly<Record<string, readonly [arity: 1 | 2 | 3, compute: Compute]>> = {
  add: [2, (a, b) => a + b],
  sub: [2, (a, b) => a - b],
  subrev: [2, (a, b) => b - a],
  mul: [2, (a, b) => a * b],
  max: [2, larger],
  min: [2, smaller],
  max3: [3, larger3],
  min3: [3, smaller3],
  med3: [3, median],
  fma: [3, fused],
  exp: [1, (a) => 2 ** a],
  log: [1, Math.log2],
  rcp: [1, (a) => 1 / a],
  rsq: [1, (a) => 1 / Math.sqrt(a)],
  sqrt: [1, Math.sqrt],
  floor: [1, Math.floor],
  ceil: [1, Math.ceil],
  trunc: [1, Math.trunc],
  rndne: [1, toNearestEven],
  fract: [1, fraction],
  // In turns, not radians.
  sin: [1, (a) => Math.sin(2 * Math.PI * a)],
  cos: [1, (a) => Math.cos(2 * Math.PI * a)],
};

export const vectorFloats: LaneOperations = {
  ...Object.fromEntries(
    Object.entries(ofBoth).flatMap(([name, [arity, compute]]) => [
      [`v_${name}_f32`, f32(arity, compute)],
      [`v_${name}_f16`, f16(arity, compute)],
    ]),
  ),
  v_mul_legacy_f32: f32(2, legacyProduct),
  v_rcp_iflag_f32: f32(1, (a) => 1 / a),
  v_fmac_f32: accumulating(f32(3, fused)),
  v_fmac_f16: accumulating(f16(3, fused)),
  v_fmaak_f32: f32(3, fused),
  v_fmamk_f32: f32(3, fused),
};

/** Those that the hardware has fewer units for. */
export const isTranscendental = (name: string): boolean =>
  /^v_(exp|log|rcp|rcp_iflag|rsq|sqrt|sin|cos)_f/.test(name);
