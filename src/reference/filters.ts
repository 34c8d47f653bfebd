import { checkRange, refuse, type ScaleOptions, scaleOf } from './rows';
import type { SoftmaxRow } from './softmax-row';

/** A filter: it keeps a prefix of the row's elements, the largest first, equals by their indices. */
export type FilterName = 'topK' | 'topP' | 'minP';

/** Options that keep some of a row's elements, the largest. */
export interface FilterOptions {
  /** Keep this many at most; default: all. */
  topK?: number | undefined;
  /** Keep the fewest whose probabilities come to p of those before this filter; default 1: all. */
  topP?: number | undefined;
  /** Keep those of at least m times the largest's probability; default 0: all. */
  minP?: number | undefined;
  /** Keep as many whatever the filters say; default 1. */
  minKeep?: number | undefined;
  /** The temperature of the probabilities that topP and minP look at; default: the row's own. */
  filterTemperature?: number | undefined;
  /** Each acts on what those before it left; default topK, topP, minP. */
  order?: readonly FilterName[] | undefined;
}

/** Filters, checked: numbers as f32 rounds them. */
export interface Filters {
  readonly order: readonly FilterName[];
  readonly topK: number;
  readonly topP: number;
  /** −ln m: how far below the maximum, in nats, minP keeps. */
  readonly reach: number;
  readonly minKeep: number;
  /** 1/τ of the filters. */
  readonly scale: number;
}

const NAMES: readonly FilterName[] = ['topK', 'topP', 'minP'];

/** Throws a RangeError for a filter that is none. */
export function filtersOf(
  op: string,
  options: FilterOptions & ScaleOptions,
  length: number,
): Filters {
  const { topK = length, topP = 1, minP = 0, minKeep = 1, filterTemperature, order } = options;
  checkRange(op, 'topK', topK, 1, length);
  if (!(topP > 0 && topP <= 1)) refuse(op, 'topP', 'a number in (0, 1]', topP);
  checkRange(op, 'minP', minP, 0, 1, { whole: false });
  checkRange(op, 'minKeep', minKeep, 1, length);
  const inOrder = order ?? NAMES;
  if (inOrder.length !== 3 || NAMES.some((name) => !inOrder.includes(name))) {
    refuse(op, 'order', "'topK', 'topP' and 'minP', each once", `[${inOrder.join(', ')}]`);
  }
  if (filterTemperature !== undefined) {
    const inverse = Math.fround(1 / filterTemperature);
    if (!(filterTemperature > 0 && inverse > 0 && inverse < Infinity)) {
      const may = 'a finite f32 > 0 whose inverse is one too';
      refuse(op, 'filterTemperature', may, filterTemperature);
    }
  }
  return {
    order: inOrder,
    topK,
    // A p that f32 rounds to 0 is still over 0.
    topP: Math.fround(topP) || topP,
    reach: Math.fround(Math.abs(Math.log(Math.fround(minP)))),
    minKeep,
    scale:
      filterTemperature === undefined
        ? scaleOf(op, options)
        : scaleOf(op, { temperature: filterTemperature }),
  };
}

/** What the filters leave of a row. */
export interface Prefix {
  /** Indices of the row's elements above −∞ in their order: the largest first, equals as they come. */
  readonly ranked: Uint32Array;
  /** So many of them are kept. */
  readonly kept: number;
  /** How near another number was, as a share of the mass that topP looked at; 1 where it is exact. */
  readonly margin: number;
}

/**
 * What filters leave of a row that is loaded and has a finite maximum. topK keeps min(k, n); topP the
 * least n with Σ_{j≤n} e_j ≥ p·Σe over what it was given; minP those with s(max − z) ≤ −ln m.
 */
export function prefixOf({ z, max }: SoftmaxRow, filters: Filters): Prefix {
  const { order, topK, topP, reach, minKeep, scale } = filters;
  const ranked = Uint32Array.from(z.keys())
    .filter((i) => z[i]! > -Infinity)
    .sort((a, b) => z[b]! - z[a]! || a - b);
  const distance = (rank: number) => scale * (max - z[ranked[rank]!]!);
  const finite = ranked.length;
  let kept = finite;
  let margin = 1;
  for (const name of order) {
    if (name === 'topK') kept = Math.min(kept, topK);
    if (name === 'topP' && topP < 1) {
      // From the smallest on, so that none is lost beside the sum of the others.
      let base = 0;
      for (let rank = kept - 1; rank >= 0; rank--) base += Math.exp(-distance(rank));
      let passed = 0;
      let rank = 0;
      for (; rank < kept && passed < topP * base; rank++) {
        margin = Math.min(margin, passed > 0 ? topP - passed / base : 1);
        passed += Math.exp(-distance(rank));
      }
      kept = Math.max(1, rank);
      margin = Math.min(margin, Math.abs(passed / base - topP));
    }
    if (name === 'minP' && reach < Infinity) {
      let rank = 0;
      while (rank < kept && distance(rank) <= reach) rank++;
      // Distances and −ln m are f32s: how near one is to the other, of their own size.
      const near = [rank - 1, rank].filter((at) => at < kept && distance(at) > 0);
      for (const at of near) {
        margin = Math.min(margin, Math.abs(distance(at) - reach) / Math.max(1, reach));
      }
      kept = rank;
    }
  }
  return { ranked, kept: Math.max(kept, Math.min(minKeep, finite)), margin };
}
