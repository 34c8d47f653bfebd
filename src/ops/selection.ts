import { Call } from '../engine/call';
import { checkFirst } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { type FloatDType, floatDTypes } from '../gpu/region';
import type { Params } from '../rows/params';
import { type SelectRegime, selectRegimes } from '../select/tiers';
import { checkChoice } from '../util/checks';
import { formatShape, wrongValue } from '../util/words';
import { type CommonOptions, type Rows, rowsOf, targetOf } from './common';
import { type Mask, type MaskOption, maskInputs, parseMask } from './mask';

/** Elements that may be picked of a row. */
export const MAX_PICKS = 256;

/** Rows to select from, checked, and the call that will. */
export interface Selection<R> {
  readonly call: Call<R>;
  readonly x: GpuTensor<FloatDType>;
  readonly rows: Rows;
  readonly mask: Mask | undefined;
  readonly params: Params;
  readonly regime: SelectRegime | undefined;
}

/** What the operations that select from rows of logits check alike. */
export function parseSelection<R>(
  op: string,
  x: GpuTensor,
  options: CommonOptions & MaskOption,
): Selection<R> {
  const target = targetOf(op, options);
  checkFirst(op, 'x', x, floatDTypes);
  const rows = rowsOf(op, x, options);
  if (rows.length === 0) {
    const may = `1 element or more along axis ${rows.axis}`;
    wrongValue(op, 'x', may, `shape ${formatShape(x.shape)}`);
  }
  const { mask, params } = parseMask(x.engine, op, options, x.shape, rows);
  if (options.regime !== undefined) checkChoice(op, 'regime', options.regime, selectRegimes);
  const call = new Call<R>(op, x.engine, target, [
    { name: 'x', region: x, rowData: false },
    ...maskInputs(mask, false),
  ]);
  return { call, x, rows, mask, params, regime: options.regime as SelectRegime | undefined };
}

/** The shape of x with an axis of another length. */
export const shapeWith = (x: GpuTensor, { axis }: Rows, length: number): number[] =>
  x.shape.map((size, d) => (d === axis ? length : size));
