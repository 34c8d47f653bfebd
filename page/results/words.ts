/** Figures of the results in words. */
import type { Check } from '../../bench/check';
import { formatShare, formatUlp } from '../../bench/format';
import { formatInteger } from '../../bench/shapes';

/** Milliseconds with three digits: 0.0123, 4.56, 789. */
export function formatMs(ms: number): string {
  if (ms >= 100) return formatInteger(Math.round(ms));
  if (ms >= 10) return ms.toFixed(1);
  return ms >= 1 ? ms.toFixed(2) : ms.toPrecision(3).replace(/e.*/, '');
}

/** 10⁹ bytes a second with three digits. */
export const formatRate = (rate: number): string =>
  rate >= 100 ? formatInteger(Math.round(rate)) : rate.toPrecision(3);

/** 1,000 → 1k; 1,000,000 → 1M. */
export function formatLength(length: number): string {
  if (length >= 1e6) return `${Number((length / 1e6).toPrecision(3))}M`;
  return length >= 1e3 ? `${Number((length / 1e3).toPrecision(3))}k` : `${length}`;
}

/** 40 s, 3 min. */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return 'a second';
  return seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export const formatPercent = (share: number): string => `${Math.round(100 * share)} %`;

/** How a result was checked, and what was found: `all rows, 3.21 ULP, 12.3 % of the bound`. */
export function describeCheck({ checked, rows, maxUlp, maxShare, failures }: Check): string {
  const which = checked === rows ? 'all rows' : `${formatInteger(checked)} rows sampled`;
  const wrong = failures > 0 ? `${formatInteger(failures)} elements WRONG, ` : '';
  return `${wrong}${which}, ${formatUlp(maxUlp)} ULP, ${formatShare(maxShare)} of the bound`;
}
