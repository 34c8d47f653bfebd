import { sharedEngine } from '../../conformance/engine';
import { cutoff, type FilterOptions, type GpuTensor, sample } from '../../src/index';
import * as reference from '../../src/reference';
import { selectRegimes } from '../../src/select/tiers';
import { type ChiSquare, chiSquareOf } from '../harness/chi-square';
import type { RealRows } from '../harness/real-rows';

/** The promise in mass, and the margin above which float64 keeps as many. */
const EPSILON = 2 ** -20;

export interface FilterCase extends FilterOptions {
  readonly temperature: number;
}

export interface Outcome {
  /** Rows that were cut: of every case in each regime. */
  rows: number;
  /** Those of which float64 keeps another number, as their margins allow. */
  different: number;
  /** The most that is kept of a row. */
  most: number;
  problems: string[];
  /** Of the draws of each row and case. */
  chiSquares: ChiSquare[];
}

/** A row's elements in order: the largest first, equals as they come. */
class RankedRow {
  readonly ordered: Float32Array;
  private readonly ranks: Uint32Array;
  private readonly known = new Map<number, Float64Array>();

  constructor(z: Float32Array) {
    const order = Uint32Array.from(z.keys()).sort((a, b) => z[b]! - z[a]! || a - b);
    this.ordered = Float32Array.from(order, (index) => z[index]!);
    this.ranks = new Uint32Array(z.length);
    for (const [rank, index] of order.entries()) this.ranks[index] = rank;
  }

  /** From 0 on; Infinity of what is no element. */
  rankOf(index: number): number {
    return this.ranks[index] ?? Infinity;
  }

  /** The probabilities at a temperature, in order. */
  probabilities(temperature: number): Float64Array {
    const known = this.known.get(temperature);
    if (known) return known;
    const scale = Math.fround(1 / temperature);
    const top = this.ordered[0]!;
    const weights = Float64Array.from(this.ordered, (z) => Math.exp(scale * (z - top)));
    const total = weights.reduceRight((sum, weight) => sum + weight, 0);
    const made = weights.map((weight) => weight / total);
    this.known.set(temperature, made);
    return made;
  }
}

/** What filters keep of real rows, in every regime, and what is drawn of that. */
export async function checkFilters(
  { shape, base64 }: RealRows,
  cases: readonly FilterCase[],
  draws: number,
): Promise<Outcome> {
  const engine = await sharedEngine();
  const [count, length] = shape;
  const data = new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer);
  const rows = Array.from(
    { length: count },
    (_, r) => new RankedRow(data.subarray(r * length, (r + 1) * length)),
  );
  const x = engine.tensor(data, shape);
  const calls = cases.flatMap((filters, i) =>
    selectRegimes.map((regime, j) => ({
      filters,
      regime,
      cut: cutoff(x, { ...filters, regime }),
      drawn: sample(x, { ...filters, regime, seed: 2 * i + j, draws }),
    })),
  );
  const outcome: Outcome = { rows: 0, different: 0, most: 0, problems: [], chiSquares: [] };
  // As many of a row whatever its order, and one in order is sorted at once.
  const ordered = { data: rows.flatMap((row) => [...row.ordered]), shape };
  const wanted = new Map(cases.map((c) => [c, reference.cutoff(ordered, c)]));
  for (const { filters, regime, cut, drawn } of calls) {
    const kept = await taken(cut.kept);
    const thresholds = await taken(cut.threshold);
    const indices = await taken(drawn);
    for (const [r, row] of rows.entries()) {
      const say = (what: string) =>
        void outcome.problems.push(`${JSON.stringify(filters)} ${regime}, row ${r}: ${what}`);
      const n = kept[r]!;
      const { kept: expected, margins } = wanted.get(filters)!;
      outcome.rows++;
      outcome.most = Math.max(outcome.most, n);
      if (n !== expected[r]) {
        outcome.different++;
        if (margins[r]! >= EPSILON) say(`${n} kept, expected ${expected[r]}, margin ${margins[r]}`);
      }
      if (thresholds[r] !== row.ordered[n - 1]) say(`${n} kept, from ${thresholds[r]} on`);
      const probabilities = row.probabilities(filters.temperature);
      const broken = promiseBroken(probabilities, n, filters);
      if (broken) say(broken);
      const counts = new Float64Array(n);
      for (const index of indices.subarray(r * draws, (r + 1) * draws)) {
        const rank = row.rankOf(index);
        if (rank < n) counts[rank]!++;
        else say(`${index} of rank ${rank} drawn, ${n} kept`);
      }
      outcome.chiSquares.push(chiSquareOf(counts, probabilities.subarray(0, n)));
    }
  }
  x.destroy();
  outcome.problems.splice(8);
  return outcome;
}

async function taken(tensor: GpuTensor): Promise<Int32Array | Float32Array> {
  const values = await tensor.read();
  tensor.destroy();
  return values as Int32Array | Float32Array;
}

/** How the mass of the first n misses p, where topP is the only filter. */
function promiseBroken(
  probabilities: Float64Array,
  n: number,
  { topP, topK, minP }: FilterCase,
): string | undefined {
  if (topP === undefined || topK !== undefined || minP !== undefined) return undefined;
  const before = probabilities.subarray(0, n - 1).reduce((sum, p) => sum + p, 0);
  const all = before + probabilities[n - 1]!;
  const isKept = all >= topP - EPSILON && before < topP + EPSILON;
  return isKept
    ? undefined
    : `${n} kept, which have ${all} of the mass, without the last ${before}`;
}
