/** Where values lie along an axis, and which of them are written beside it. */

export interface Scale {
  /** From 0 at the axis' start to 1 at its end. */
  place(value: number): number;
  /** Values with a label. */
  readonly ticks: readonly number[];
  /** Values with a mark only. */
  readonly minor: readonly number[];
}

/** From zero to a round number at or above the largest value, with about so many steps. */
export function linearScale(largest: number, steps = 5): Scale {
  const most = largest > 0 ? largest : 1;
  const unit = 10 ** Math.floor(Math.log10(most / steps));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * unit).find((n) => n * steps >= most * 0.999)!;
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  return {
    place: (value) => value / (count * step),
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12))),
    minor: [],
  };
}

/** Powers of ten around positive values, with some room at both ends. */
export function logScale(values: readonly number[]): Scale {
  const logs = values.map(Math.log10);
  const [low, high] = [Math.min(...logs) - 0.15, Math.max(...logs) + 0.15];
  const decades = Array.from(
    { length: Math.floor(high) - Math.ceil(low) + 1 },
    (_, i) => Math.ceil(low) + i,
  );
  const around = [Math.ceil(low) - 1, ...decades];
  return {
    place: (value) => (Math.log10(value) - low) / (high - low),
    ticks: decades.map((n) => 10 ** n),
    minor: around
      .flatMap((n) => [2, 3, 4, 5, 6, 7, 8, 9].map((m) => m * 10 ** n))
      .filter((value) => Math.log10(value) > low && Math.log10(value) < high),
  };
}
