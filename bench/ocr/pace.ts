import type { BatchResult } from './batch';

/** How fast a batch is read with the runtime's softmax, or with top-5, and which share of the time that takes. */
export function paceOf(
  { lines, milliseconds }: BatchResult,
  step: 'softmax' | 'topK',
): { linesPerSecond: number; share: number } {
  const all = milliseconds.recognize + milliseconds[step];
  return { linesPerSecond: (1000 * lines) / all, share: milliseconds[step] / all };
}
