import { sharedEngine } from '../../conformance/engine';
import { logits, normal } from '../../conformance/random';
import { plantSpecials } from '../../conformance/special';
import { fromHalves, toHalves } from '../../src/gpu/half';
import { type CutoffOptions, cutoff, type FilterOptions, type RegimeName } from '../../src/index';
import * as reference from '../../src/reference';
import { selectRegimes } from '../../src/select/tiers';

/** A margin below which f32 may count another number. */
const NEAR = 2 ** -20;

export interface FilterCase extends FilterOptions {
  readonly shape: readonly number[];
  /** What the rows hold: normal numbers of a deviation, integers of it, or special values. */
  readonly deviation?: number;
  readonly rounded?: boolean;
  readonly special?: boolean;
  readonly row?: readonly number[];
  readonly axis?: number;
  readonly temperature?: number;
  readonly scale?: number;
  readonly f16?: boolean;
  readonly drop?: 'boolean' | 'additive' | 'causal';
  readonly regimes?: readonly RegimeName[];
  readonly binding?: number;
}

const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

function dataOf({ shape, deviation = 3, rounded, special, row, f16 }: FilterCase): Float32Array {
  const count = size(shape);
  if (row) return Float32Array.from(row);
  const data = special ? logits(count, count) : normal(count, count, deviation);
  if (special) plantSpecials(data, shape.at(-1)!, { huge: true });
  const given = rounded ? data.map(Math.round) : data;
  return f16 ? fromHalves(toHalves(given).subarray(0, count)) : given;
}

/** What cutoff gives, where float64 says otherwise and its margin does not allow it. */
export async function checkCutoff(cases: readonly FilterCase[]) {
  const problems: string[] = [];
  let rows = 0;
  let different = 0;
  for (const c of cases) {
    const { shape, deviation: _, rounded: __, special: ___, row: ____, f16, ...rest } = c;
    const { drop, regimes = selectRegimes, binding, ...options } = rest;
    const engine = await sharedEngine(binding ? { maxStorageBufferBindingSize: binding } : {});
    const data = dataOf(c);
    using x = engine.tensor(data, shape, f16 ? { dtype: 'f16' } : {});
    const keeps = Uint32Array.from(data, (_, i) => Number(i % 3 > 0));
    const mask =
      drop === 'boolean'
        ? { data: keeps, shape }
        : { data: Float32Array.from(keeps, (keep) => (keep ? 0.25 : -Infinity)), shape };
    const twinMask = drop && { mask: drop === 'causal' ? drop : mask };
    const ours = drop && { mask: drop === 'causal' ? drop : engine.tensor(mask.data, shape) };
    const wanted = reference.cutoff({ data, shape }, { ...options, ...twinMask });
    for (const regime of regimes) {
      const found = cutoff(x, { ...options, ...ours, regime } as CutoffOptions);
      const kept = await found.kept.read();
      const threshold = await found.threshold.read();
      found.kept.destroy();
      found.threshold.destroy();
      kept.forEach((n, r) => {
        rows++;
        const smallest = Math.fround(wanted.threshold[r]!);
        const same = n === wanted.kept[r] && (threshold[r] === smallest || Number.isNaN(smallest));
        if (same) return;
        different++;
        if (wanted.margins[r]! < NEAR) return;
        const { row: _row, ...named } = c;
        problems.push(
          `${JSON.stringify(named)} ${regime}, row ${r}: ${n} from ${threshold[r]} on, expected ` +
            `${wanted.kept[r]} from ${smallest} on, margin ${wanted.margins[r]}`,
        );
      });
    }
  }
  return { rows, different, problems: problems.slice(0, 10) };
}

/** Errors of arguments that do not fit. */
export async function refusals(): Promise<string[]> {
  const engine = await sharedEngine();
  using x = engine.tensor([1, 2, 3], [1, 3]);
  const said = (options: object) => {
    try {
      cutoff(x, options);
      return 'nothing';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  return [
    { topK: 0 },
    { topK: 4 },
    { topP: 0 },
    { topP: 1.5 },
    { topP: NaN },
    { topP: '0.9' },
    { minP: -0.1 },
    { minP: 1.1 },
    { minP: '0.1' },
    { minKeep: 0 },
    { filterTemperature: 0 },
    { order: ['topK', 'topP', 'topP'] },
    { order: 'topK' },
  ].map(said);
}
