/** Numbers of the results in words; `null` stands for what is not finite. */

export const formatUlp = (ulps: number | null) =>
  ulps === null ? '∞' : ulps < 1e5 ? ulps.toFixed(2) : ulps.toExponential(1);

export const formatShare = (share: number | null) =>
  share === null ? '∞' : `${(100 * share).toFixed(1)} %`;

/** Helpers of cross-entropy's mean are not what its time is spent on. */
const HELPERS = ['kept-weight', 'loss-total'];

/**
 * The main kernel of a call in short: `row invocation64 vec4`, or `split …` where a row is cut into
 * chunks that further dispatches merge and finish.
 */
export function formatVariant(labels: readonly string[]): string {
  const words = labels.map((label) => label.split(' '));
  const main = words.find(([op]) => !HELPERS.includes(op!));
  if (!main) return '-';
  const [, phase, lanes, walk, layout] = main;
  return [phase!.replace('split-partial', 'split'), lanes, walk, layout]
    .filter((word) => word !== 'streamed')
    .join(' ');
}
