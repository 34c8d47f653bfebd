import { compare } from '../conformance/compare';
import type { Layout, Role } from '../conformance/operations';
import { Random } from '../conformance/random';
import type { FloatDType } from '../src';
import type { HostTensor } from '../src/reference';
import { convert } from '../src/reference';
import { ulp } from '../src/reference/bounds';
import { ulp16 } from '../src/reference/convert';
import { isWhole } from './operands';
import type { BenchOp } from './ops';
import { rowsOf, type Shape } from './shapes';

/** What a comparison with the float64 reference found. */
export interface Check {
  /** Rows compared, of `rows` in all. */
  readonly checked: number;
  readonly rows: number;
  /** Elements beyond their bound. */
  readonly failures: number;
  /** Largest error in ULP of the value expected, in the dtype that is stored; null where a value is NaN or infinite and should not be. */
  readonly maxUlp: number | null;
  /** Largest error as a share of its bound; null likewise. */
  readonly maxShare: number | null;
}

/** Elements that are compared; of larger results as many rows as make up so many. */
const BUDGET = 2 ** 20;
const SEED = 4;

/**
 * Compares results with the reference: all rows, or where that is too much the first, the last and
 * random ones between. Results that depend on all rows together are always compared whole.
 *
 * @param operands what the operation read.
 * @param results in the order of `op.results`.
 */
export async function check(
  op: BenchOp,
  operands: {
    readonly shape: Shape;
    readonly dtype?: FloatDType;
    readonly host: Readonly<Partial<Record<Role, HostTensor>>>;
  },
  results: readonly { read(): Promise<HostTensor['data']> }[],
): Promise<Check> {
  const { shape, host, dtype = 'f32' } = operands;
  const { count, length } = rowsOf(shape);
  const elements = op.results.includes('square') ? length * length : length;
  const rows = op.couplesRows ? sampleRows(count, count) : sampleRows(count, BUDGET / elements);

  const layoutOf = (role: Role): Layout =>
    role === 'dLse' || role === 'targets' ? 'values' : 'tensor';
  const inputs = Object.fromEntries(
    op.inputs.map((role) => [role, takeRows(host[role]!.data, shape, layoutOf(role), rows)]),
  ) as Record<Role, HostTensor>;
  const expected = op.check(inputs);

  let failures = 0;
  let maxUlp = 0;
  let maxShare = 0;
  for (const [i, layout] of op.results.entries()) {
    const actual = takeRows((await results[i]!.read()) as Float32Array, shape, layout, rows);
    const half = dtype === 'f16' && isWhole(layout);
    const held = convert(expected[i]!, half ? 'f16' : 'f32');
    const comparison = compare(actual.data as Float32Array, held, half ? ulp16 : ulp);
    failures += comparison.failures;
    maxUlp = Math.max(maxUlp, comparison.maxUlp);
    maxShare = Math.max(maxShare, comparison.maxShare);
  }
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    checked: rows.length,
    rows: count,
    failures,
    maxUlp: finite(maxUlp),
    maxShare: finite(maxShare),
  };
}

/** Up to `wanted` of `count` rows in order: all, or the first, the last and random ones. */
export function sampleRows(count: number, wanted: number): number[] {
  if (count <= Math.max(2, wanted)) return Array.from({ length: count }, (_, r) => r);
  const random = new Random(SEED);
  const rows = new Set([0, count - 1]);
  while (rows.size < Math.floor(wanted)) rows.add(random.integer(count));
  return [...rows].sort((a, b) => a - b);
}

/** The given rows of a tensor, one after the other, with their elements side by side. */
export function takeRows<T extends HostTensor['data']>(
  data: T,
  shape: Shape,
  layout: Layout,
  rows: readonly number[],
): HostTensor {
  const { length, inner } = rowsOf(shape);
  if (layout === 'scalar') return { data, shape: [] };
  const width = { values: 1, tensor: length, square: length * length }[layout];
  const taken = new (data.constructor as Float32ArrayConstructor)(rows.length * width);
  rows.forEach((row, i) => {
    const column = row % inner;
    const first = (row - column) * width + column;
    for (let k = 0; k < width; k++) taken[i * width + k] = data[first + k * inner]!;
  });
  const tail = { values: [], tensor: [length], square: [length, length] }[layout];
  return { data: taken, shape: [rows.length, ...tail] };
}
