/** How far the samples of a timing lie apart. */

/** The 10th and the 90th percentile, between samples where they fall there. */
export function rangeOf(samples: readonly number[]): [low: number, high: number] {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (place - Math.floor(place)) * (above - below);
  };
  return [at(0.1), at(0.9)];
}

/** The range from the 10th to the 90th percentile, as a share of the median. */
export function spreadOf({
  milliseconds,
  samples,
}: {
  readonly milliseconds: number;
  readonly samples: readonly number[];
}): number {
  const [low, high] = rangeOf(samples);
  return (high - low) / milliseconds;
}

/** A timing that spreads wider says little. */
export const MAX_SPREAD = 0.2;

/** Whether a timing says too little to be quoted. */
export const isUnsteady = (timing: Parameters<typeof spreadOf>[0]): boolean =>
  spreadOf(timing) > MAX_SPREAD;
