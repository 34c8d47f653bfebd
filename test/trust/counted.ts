/** What a file of tests leaves behind for `npm run test:trust` to sum up. */

export type Counts = Record<string, number>;

export interface Counted {
  readonly engine: string;
  readonly seed: number;
  /** By group, by name. */
  readonly counts: Record<string, Counts>;
  readonly largest: Counts;
}

/** Where a long run leaves them. */
export const countsFolder = 'results/trust';
