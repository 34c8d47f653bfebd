/** What every operation takes: an axis, where to record, and where to write. */

import type { RecordTarget } from '../engine/call';
import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import type { RowShape } from '../rows/plan';
import { type RegimeName, regimeNames } from '../rows/regimes';
import { checkChoice, checkClass, checkOptions } from '../util/checks';
import { formatShape, notIn, wrongValue } from '../util/words';

/** Options of every operation. */
export interface CommonOptions {
  /** The axis the rows run along; default −1, the last. */
  axis?: number;
  /** Record into this encoder instead of submitting. */
  encoder?: GPUCommandEncoder;
  /** Record into this open compute pass instead of submitting. */
  pass?: GPUComputePassEncoder;
  /**
   * Use this regime whatever the table says; for tests and benchmarks.
   *
   * @internal
   */
  regime?: RegimeName;
}

/** A tensor's rows along an axis. */
export interface Rows extends RowShape {
  readonly axis: number;
  /** The shape without the axis: of one value a row. */
  readonly rowShape: readonly number[];
  readonly count: number;
}

/**
 * The axis, counted from the first.
 *
 * @throws RangeError if it is out of range.
 */
export function axisOf(op: string, shape: readonly number[], axis: number): number {
  const rank = shape.length;
  if (rank === 0) {
    wrongValue(op, 'axis', 'a tensor of rank 1 or more', 'shape []');
  }
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const where = ` for shape ${formatShape(shape)}`;
    throw new RangeError(notIn(op, 'axis', axis, -rank, rank - 1, 'an integer', where));
  }
  return axis < 0 ? axis + rank : axis;
}

/** @throws RangeError if the axis is out of range. */
export function rowsOf(op: string, x: GpuTensor, { axis = -1 }: CommonOptions): Rows {
  const { shape } = x;
  const a = axisOf(op, shape, axis);
  const length = shape[a]!;
  const size = (sizes: readonly number[]) => sizes.reduce((p, n) => p * n, 1);
  const outer = size(shape.slice(0, a));
  const inner = size(shape.slice(a + 1));
  const rowShape = [...shape.slice(0, a), ...shape.slice(a + 1)];
  return { axis: a, outer, length, inner, rowShape, count: outer * inner };
}

/** The element types a result may have, where it has that of an input unless `out` says otherwise. */
export const resultDTypes = (input: FloatDType): readonly [FloatDType, ...FloatDType[]] => [
  input,
  ...floatDTypes.filter((dtype) => dtype !== input),
];

/**
 * Checks the options that every operation has.
 *
 * @returns where to record.
 * @throws TypeError unless options is an object and encoder and pass are what they claim, or if both are given;
 * RangeError for an unknown regime.
 */
export function targetOf(op: string, options: CommonOptions): RecordTarget {
  checkOptions(op, 'options', options);
  const { encoder, pass } = options;
  if (encoder !== undefined && pass !== undefined) {
    throw new TypeError(`${op}: encoder and pass are both given; give the one to record into`);
  }
  if (encoder !== undefined) checkClass(op, 'encoder', encoder, 'GPUCommandEncoder');
  if (pass !== undefined) checkClass(op, 'pass', pass, 'GPUComputePassEncoder');
  if (options.regime !== undefined) checkChoice(op, 'regime', options.regime, regimeNames);
  return { encoder, pass };
}
