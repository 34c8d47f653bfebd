/** What every operation takes: an axis, where to record, and where to write. */

import type { RecordTarget } from '../engine/call';
import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import type { RowShape } from '../rows/plan';
import { type RegimeName, regimeNames } from '../rows/regimes';
import { checkChoice, checkOptions } from '../util/checks';
import { isA } from '../util/kinds';
import { describe, formatShape } from '../util/words';

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

/** @throws RangeError if the axis is out of range. */
export function rowsOf(op: string, x: GpuTensor, { axis = -1 }: CommonOptions): Rows {
  const { shape } = x;
  const rank = shape.length;
  const about = `a tensor of rank ${rank} (shape ${formatShape(shape)})`;
  if (rank === 0) throw new RangeError(`${op}: ${about} has no axis; the rank may be 1 or more`);
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new RangeError(
      `${op}: axis ${describe(axis)} is out of range for ${about}; axis may be ${-rank} … ${rank - 1}`,
    );
  }
  const a = axis < 0 ? axis + rank : axis;
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
  if (encoder !== undefined && !isA(encoder, 'GPUCommandEncoder')) {
    throw new TypeError(`${op}: encoder is ${describe(encoder)}; it must be a GPUCommandEncoder`);
  }
  if (pass !== undefined && !isA(pass, 'GPUComputePassEncoder')) {
    throw new TypeError(`${op}: pass is ${describe(pass)}; it must be a GPUComputePassEncoder`);
  }
  if (options.regime !== undefined) checkChoice(op, 'regime', options.regime, regimeNames);
  return { encoder, pass };
}
