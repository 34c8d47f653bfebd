/**
 * Seeded all-pairs: every two values of any two factors meet in some case. Greedy: each case is made
 * around a pair that is still missing; of a few such random candidates, the one that covers most new
 * pairs is taken.
 */
import type { Case } from './cases';
import { Random } from './random';

/** What cases are made of: factors, their values, and what of these has a meaning together. */
export interface Factors<Choice extends object, Possible extends Choice> {
  /** The values of each, by its name. */
  readonly values: { readonly [F in keyof Choice]: readonly Choice[F][] };
  /** A choice as it can be: values that have no meaning beside others give way to those of no option. */
  possible(drawn: Choice, random: Random): Possible;
  caseOf(choice: Possible, seed: number, random: Random): Case;
}

export interface Pairs {
  readonly cases: Case[];
  /** How many pairs of values meet in them: all that can. */
  readonly count: number;
  /** Pairs that have no meaning together, as a split regime and a Jacobian. */
  readonly impossible: number;
}

/** Random candidates for a place in the list. */
const CANDIDATES = 24;
/** Draws around a pair before it is said to have no meaning together. */
const DRAWS = 400;

/** Cases in which all pairs of values meet that can; the same seed gives the same ones. */
export function allPairs<Choice extends object, Possible extends Choice>(
  { values: valuesOf, possible, caseOf }: Factors<Choice, Possible>,
  seed: number,
): Pairs {
  const random = new Random(seed);
  const factors = Object.entries(valuesOf) as [keyof Choice, readonly unknown[]][];

  type Value = readonly [factor: number, value: number];
  const key = ([f, i]: Value, [g, j]: Value) => `${f}=${i} ${g}=${j}`;
  const missing = new Map<string, readonly [Value, Value]>();
  factors.forEach(([, values], f) => {
    factors.slice(f + 1).forEach(([, others], rest) => {
      const g = f + 1 + rest;
      values.forEach((_, i) => {
        others.forEach((_, j) => {
          missing.set(key([f, i], [g, j]), [
            [f, i],
            [g, j],
          ]);
        });
      });
    });
  });
  const all = missing.size;

  /** A value for each factor, with a pair among them; where values cannot be together, what is left. */
  const draw = (pair: readonly [Value, Value]) => {
    const drawn = factors.map(([, values]) => random.integer(values.length));
    for (const [f, i] of pair) drawn[f] = i;
    const choice = possible(
      Object.fromEntries(factors.map(([name, values], f) => [name, values[drawn[f]!]])) as Choice,
      random,
    );
    const chosen = factors.map(([name, values]) => values.indexOf(choice[name]));
    // Pairs that were missing and meet in it.
    const covers = chosen.flatMap((i, f) =>
      chosen
        .slice(f + 1)
        .map((j, rest) => key([f, i], [f + 1 + rest, j]))
        .filter((met) => missing.has(met)),
    );
    return { choice, covers };
  };
  const cases: Case[] = [];
  let impossible = 0;
  while (missing.size > 0) {
    const open = [...missing.entries()];
    const [name, pair] = open[random.integer(open.length)]!;
    const candidates = Array.from({ length: CANDIDATES }, () => draw(pair));
    for (let i = 0; i < DRAWS && !candidates.some(({ covers }) => covers.includes(name)); i++) {
      candidates.push(draw(pair));
    }
    const with_ = candidates.filter(({ covers }) => covers.includes(name));
    if (with_.length === 0) {
      missing.delete(name);
      impossible++;
      continue;
    }
    const best = with_.reduce((a, b) => (b.covers.length > a.covers.length ? b : a));
    for (const met of best.covers) missing.delete(met);
    cases.push(caseOf(best.choice, 1000 * seed + cases.length, random));
  }
  return { cases, count: all - impossible, impossible };
}

/** The axis that is a share of the rank, and a shape around it with about as many rows as asked for. */
export function shapeOf(
  { rank, axis, length, rows }: { rank: number; axis: number; length: number; rows: number },
  random: Random,
): { shape: number[]; at: number } {
  const at = Math.floor(axis * rank);
  const shape: number[] = Array.from({ length: rank }, () => 1);
  let rest = rank === 1 ? 1 : rows;
  for (let d = 0; d < rank; d++) {
    if (d === at) {
      shape[d] = length;
      continue;
    }
    const last = d === rank - 1 || (d === rank - 2 && at === rank - 1);
    const divisors = [1, 2, 3, 4, 7, 8].filter((n) => rest % n === 0);
    shape[d] = last ? rest : divisors[random.integer(divisors.length)]!;
    rest = shape[d] === 0 ? 0 : rest / shape[d]!;
  }
  return { shape, at };
}

/** Whether queries and keys of a causal mask may be the last two dimensions. */
export const mayBeCausal = (shape: readonly number[], at: number): boolean =>
  at === shape.length - 1 && shape.length > 1 && shape.at(-2)! <= shape.at(-1)!;

/** Which dimensions a mask is broadcast in: none, all but the axis, the axis alone, or every other one. */
export const broadcastOf = (shape: readonly number[], at: number, how: number): boolean[] =>
  shape.map((_, d) => [false, d !== at, d === at, d % 2 === 0][how]!);
