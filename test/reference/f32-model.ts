/**
 * A kernel's arithmetic in f32, one row at a time: every operation rounded, sums in blocks of 64,
 * and an `exp` as bad as the adapters' worst. The bounds must admit it and reject its mistakes.
 */

import type { Random } from '../../conformance/random';
import { ulp } from '../../src/reference/bounds';

export const f32 = Math.fround;

/** exp with a random error of up to 3 + |t| ULP: about the largest measured on any adapter. */
export function exp32(t: number, random: Random): number {
  const exact = Math.exp(t);
  return f32(Math.max(0, exact + random.uniform(-1, 1) * (3 + Math.abs(t)) * ulp(exact)));
}

/** A sum without a chain of more than 64 terms. */
export function sum32(terms: Float32Array): number {
  let level = terms;
  do {
    const next = new Float32Array(Math.ceil(level.length / 64));
    for (let i = 0; i < level.length; i++) {
      next[i >> 6]! += level[i]!;
    }
    level = next;
  } while (level.length > 1);
  return level[0]!;
}

/** What a model kernel knows of a row after its reduction. */
export interface Row32 {
  t: Float32Array;
  e: Float32Array;
  max: number;
  sum: number;
  p: Float32Array;
  lse: number;
}

export function row32(x: Float32Array, scale: number, random: Random): Row32 {
  const s = f32(scale);
  const max = x.reduce((a, b) => Math.max(a, b), -Infinity);
  const t = x.map((v) => f32(s * f32(v - max)));
  const e = t.map((v) => exp32(v, random));
  const sum = sum32(e);
  const inverse = f32(1 / sum);
  const p = e.map((v) => f32(v * inverse));
  return { t, e, max, sum, p, lse: f32(f32(s * max) + f32(Math.log(sum))) };
}
