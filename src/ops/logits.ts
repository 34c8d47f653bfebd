import { Call, type RecordTarget } from '../engine/call';
import { checkFirst } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import type { OwnParams, Params } from '../rows/params';
import { planRows } from '../rows/plan';
import type { HighPrecision } from '../rows/precision';
import type { RowOp } from '../rows/row-op';
import { type CommonOptions, type Rows, resultDTypes, rowsOf, targetOf } from './common';
import { type Mask, type MaskOption, maskInputs, parseMask, placedMask } from './mask';
import { addOutput } from './output';
import {
  type EmptyRowsOption,
  emptyFill,
  type PrecisionOption,
  precisionOf,
  type ScaleOptions,
  scaleParams,
} from './scale';
import { inputsOf, type Small } from './small';

/** Options of the operations on logits. */
export interface LogitsOptions
  extends CommonOptions,
    ScaleOptions,
    MaskOption,
    EmptyRowsOption,
    PrecisionOption {
  /** Write the result here; may be the input itself where their shapes agree. */
  out?: GpuTensor | undefined;
}

/** Logits and their options, checked. */
export interface Logits {
  readonly op: string;
  readonly target: RecordTarget;
  readonly x: GpuTensor<FloatDType>;
  readonly rows: Rows;
  readonly mask: Mask | undefined;
  readonly high: HighPrecision | undefined;
  readonly params: Params;
  /** The operation's own uniforms, if it has any. */
  readonly own?: OwnParams;
  readonly options: LogitsOptions;
}

/**
 * Checks logits and their options.
 *
 * @param empty what a row without an element above −inf gives where it is not NaN.
 */
export function parseLogits(
  op: string,
  x: GpuTensor,
  options: LogitsOptions,
  empty: 'zero' | '-inf' = 'zero',
): Logits {
  const target = targetOf(op, options);
  checkFirst(op, 'x', x, floatDTypes);
  const rows = rowsOf(op, x, options);
  const { mask, params } = parseMask(x.engine, op, options, x.shape, rows);
  const fill = emptyFill(op, options, empty);
  const scale = scaleParams(op, options);
  const high = precisionOf(op, options);
  return {
    op,
    target,
    x,
    rows,
    mask,
    high,
    params: { ...params, ...scale, ...fill },
    options,
  };
}

/** A call that gives an element for each logit. */
export function planElements(
  rowOp: RowOp,
  { op, target, x, rows, mask, high, params, own, options }: Logits,
  dlse?: Small,
): Call<GpuTensor<FloatDType>> {
  const inputs = [
    { name: 'x', region: x, rowData: true },
    ...inputsOf('dLse', dlse),
    ...maskInputs(mask),
  ];
  const call = new Call<GpuTensor<FloatDType>>(op, x.engine, target, inputs);
  call.requires = high?.selfTest;
  const out = addOutput(call, 'out', options.out, x.shape, resultDTypes(x.dtype), true);
  call.add(planRows, {
    op: rowOp,
    high,
    shape: rows,
    data: { x, y: out.region },
    values: dlse ? { dlse: call.placed(dlse) } : {},
    mask: placedMask(call, mask),
    params,
    own,
    regime: options.regime,
  });
  return call.giving(out.tensor);
}

/** A call that gives an f32 for each row of logits. */
export function planValues(
  rowOp: RowOp,
  { op, target, x, rows, mask, high, params, own, options }: Logits,
): Call<GpuTensor<'f32'>> {
  const inputs = [{ name: 'x', region: x, rowData: true }, ...maskInputs(mask)];
  const call = new Call<GpuTensor<'f32'>>(op, x.engine, target, inputs);
  call.requires = high?.selfTest;
  const out = addOutput(call, 'out', options.out, rows.rowShape, ['f32'], false);
  call.add(planRows, {
    op: rowOp,
    high,
    shape: rows,
    data: { x },
    values: { lse: out.region },
    mask: placedMask(call, mask),
    params,
    own,
    regime: options.regime,
  });
  return call.giving(out.tensor);
}
