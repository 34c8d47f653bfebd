import type { Params } from '../rows/params';
import { type FilterStep, filterKinds, MAX_FILTERED } from '../select/filter-plan';
import { checkInteger, checkNumber } from '../util/checks';
import { describe, wrongValue } from '../util/words';
import { type ScaleOptions, scaleParams } from './scale';

/** Filters by name. */
export type FilterName = 'topK' | 'topP' | 'minP';

/** Options that keep some of a row's elements only, the largest. */
export interface FilterOptions {
  /** Keep so many at most, of equals those that come first; default: all. */
  topK?: number | undefined;
  /** p in (0, 1]: keep the fewest whose probabilities come to p of those before; default 1: all. */
  topP?: number | undefined;
  /** m in [0, 1]: keep those of at least m times the largest's probability; default 0: all. */
  minP?: number | undefined;
  /** Keep so many whatever the filters say; default 1. */
  minKeep?: number | undefined;
  /** The temperature at which topP and minP see probabilities; default: the row's own. */
  filterTemperature?: number | undefined;
  /** Each filter acts on what those before it left. Default: topK, topP, minP. */
  order?: readonly FilterName[] | undefined;
}

/** Filters that were checked, as steps of a plan. */
export interface Filters {
  /** None, where everything is kept. */
  readonly steps: readonly FilterStep[];
  readonly filterScale: Params;
  readonly isDrawScale: boolean;
  /** Whether any needs probabilities. */
  readonly weighs: boolean;
}

export const FLT_MAX = 3.4028234663852886e38;

const NAMES: readonly FilterName[] = ['topK', 'topP', 'minP'];

/**
 * @param length of a row.
 * @throws RangeError for a number outside its range, and for an order that is none.
 */
export function parseFilters(
  op: string,
  options: FilterOptions & ScaleOptions,
  length: number,
): Filters {
  const { topK = length, topP = 1, minP = 0, minKeep = 1 } = options;
  const { filterTemperature, order = NAMES } = options;
  checkInteger(op, 'topK', topK, 1, length);
  if (!(typeof topP === 'number' && topP > 0 && topP <= 1)) {
    wrongValue(op, 'topP', 'a number in (0, 1]', describe(topP));
  }
  checkNumber(op, 'minP', minP, 0, 1);
  checkInteger(op, 'minKeep', minKeep, 1, length);
  checkOrder(op, order);
  if (filterTemperature !== undefined) {
    const may = 'a finite f32 > 0 whose inverse is one too';
    checkNumber(op, 'filterTemperature', filterTemperature, 1 / FLT_MAX, FLT_MAX, may);
  }
  const drawScale = scaleParams(op, options);
  const filterScale =
    filterTemperature === undefined
      ? drawScale
      : scaleParams(op, { temperature: filterTemperature });
  const { TOP_K, TOP_P, MIN_P } = filterKinds;
  const p = Math.fround(topP);
  const m = Math.fround(minP);
  const given: Record<FilterName, FilterStep | false> = {
    topK: topK < length && { filter_kind: TOP_K, wanted: topK },
    topP: p < 1 && { filter_kind: TOP_P, share: p, share_bits: Math.floor(p * 2 ** 32) },
    minP: m > 0 && { filter_kind: MIN_P, reach: Math.abs(Math.log(m)) },
  };
  const steps = order.flatMap((name) => given[name] || []);
  if (steps.length > 0 && minKeep > 1) {
    steps.push({ filter_kind: TOP_K, wanted: minKeep, widens: 1 });
  }
  if (steps.length > 0 && length > MAX_FILTERED) {
    const may = `at most ${MAX_FILTERED} elements a row where filters are given`;
    wrongValue(op, 'x', may, length);
  }
  const isDrawScale = drawScale.scale === filterScale.scale;
  return { steps, filterScale, isDrawScale, weighs: p < 1 };
}

function checkOrder(op: string, order: unknown): void {
  const names: readonly unknown[] = Array.isArray(order) ? order : [];
  if (names.length === NAMES.length && NAMES.every((name) => names.includes(name))) return;
  const got = Array.isArray(order) ? `[${order.map(describe).join(', ')}]` : describe(order);
  wrongValue(op, 'order', "'topK', 'topP' and 'minP', each once", got);
}
