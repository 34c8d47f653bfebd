/** Calls whose kernels are compiled: operations × lengths × axes × dtypes × precisions. */
import { isRowOp, type RowOp, rowOps } from '../../conformance/operations';
import { UsageError } from '../arguments';
import { parseShape, type Shape, shapeId } from '../shapes';

/** Picks and draws, from logits. */
const selections = ['argmax', 'topK', 'sample'] as const;

export const compiledOps = [...rowOps, ...selections] as const;
export type CompiledOp = (typeof compiledOps)[number];

export interface CompiledCase {
  readonly op: CompiledOp;
  readonly shape: Shape;
  /** Of all row data. */
  readonly dtype: 'f32' | 'f16';
  readonly precision: 'default' | 'high';
}

/** Elements of every tensor, nearly: rows are long or many, and a device has enough to do. */
const ELEMENTS = 2 ** 20;

const LENGTHS = [
  8, 10, 32, 33, 40, 64, 100, 128, 129, 256, 512, 1000, 1001, 1024, 4096, 16_384, 32_000, 65_536,
];
const FEW_LENGTHS = [10, 33, 128, 1000, 1001, 4096, 32_000];
/** Rows whose elements are apart: their length, and how far. */
const COLUMNS = [
  [10, 64],
  [100, 1024],
  [1000, 256],
  [65_536, 16],
] as const;
/** A row alone: what counts are its dispatches. */
const ONE_ROW = [65_536, 1_000_000];

/** Operations that are compiled for all lengths: the others' kernels are theirs. */
const ops = rowOps.filter((op) => op !== 'softmaxJvp' && op !== 'softmaxJacobian');
const fewOps = ['softmax', 'logSoftmax', 'softmaxVjp', 'crossEntropyWithGrad'] as const;

const rows = (length: number): Shape => ({
  dims: [Math.max(1, Math.round(ELEMENTS / length)), length],
  axis: 1,
});
const columns = ([length, inner]: readonly [number, number]): Shape => ({
  dims: [Math.max(1, Math.round(ELEMENTS / (length * inner))), length, inner],
  axis: 1,
});

const caseOf = (
  op: CompiledOp,
  shape: Shape,
  dtype: CompiledCase['dtype'] = 'f32',
  precision: CompiledCase['precision'] = 'default',
): CompiledCase => ({ op, shape, dtype, precision });

/** The table. */
export const allCases: readonly CompiledCase[] = [
  ...ops.flatMap((op) => LENGTHS.map((length) => caseOf(op, rows(length)))),
  ...ops.flatMap((op) => COLUMNS.map((shape) => caseOf(op, columns(shape)))),
  ...fewOps.flatMap((op) => FEW_LENGTHS.map((length) => caseOf(op, rows(length), 'f16'))),
  ...fewOps.flatMap((op) => COLUMNS.map((shape) => caseOf(op, columns(shape), 'f16'))),
  ...(['softmax', 'logSumExp', 'crossEntropyWithGrad'] as const).flatMap((op) =>
    FEW_LENGTHS.map((length) => caseOf(op, rows(length), 'f32', 'high')),
  ),
  ...(['softmax', 'crossEntropyWithGrad'] as const).flatMap((op) =>
    ONE_ROW.map((length) => caseOf(op, { dims: [1, length], axis: 1 })),
  ),
  caseOf('softmaxJacobian', { dims: [4, 1000], axis: 1 }),
  ...selections.flatMap((op) => [33, 1000, 32_000].map((length) => caseOf(op, rows(length)))),
];

/** As `--kernel` reads it: `softmax 8192x128 f16`. */
export const caseId = ({ op, shape, dtype, precision }: CompiledCase): string =>
  [
    op,
    shapeId(shape),
    ...(dtype === 'f16' ? [dtype] : []),
    ...(precision === 'high' ? [precision] : []),
  ].join(' ');

export const CASE_HELP =
  "an operation, a shape, and 'f16' or 'high' where it is so: softmax 512x4096";

/** @throws UsageError if it is none; the message says what it may be. */
export function parseCase(text: string): CompiledCase {
  const [op = '', sizes = '', ...options] = text.trim().split(/\s+/);
  const known = compiledOps.find((name) => name === op);
  if (!known) throw new UsageError(`--kernel: expected ${compiledOps.join(', ')}, got '${op}'`);
  const shape = parseShape(sizes);
  if (!shape) throw new UsageError(`--kernel: expected ${CASE_HELP}, got '${text}'`);
  const other = options.find((option) => option !== 'f16' && option !== 'high');
  if (other !== undefined) throw new UsageError(`--kernel: expected f16 or high, got '${other}'`);
  const precision = options.includes('high') ? 'high' : 'default';
  return caseOf(known, shape, options.includes('f16') ? 'f16' : 'f32', precision);
}

export const rowOpOf = ({ op }: CompiledCase): RowOp | undefined => (isRowOp(op) ? op : undefined);
