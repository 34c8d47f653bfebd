import { Call } from '../engine/call';
import { checkFirst } from '../engine/check-tensor';
import type { GpuTensor } from '../engine/tensor';
import { floatDTypes, type Region } from '../gpu/region';
import type { Params } from '../rows/params';
import { type SelectRegime, selectRegimes } from '../select/tiers';
import { checkChoice } from '../util/checks';
import { describe, formatShape, wrongKind, wrongValue } from '../util/words';
import type { Adjust } from './adjust';
import { type CommonOptions, type Rows, rowsOf, targetOf } from './common';
import { type Mask, type MaskOption, maskInputs, parseMask } from './mask';

/** Elements that may be picked of a row. */
export const MAX_PICKS = 2048;

/** What the operations that select take alike. */
export interface SelectionOptions extends CommonOptions, MaskOption {}

/** A bias and penalties by a value, of operations that do not ship them. */
export interface AdjustOption {
  /** A bias on the logits, and penalties: what `adjust({ bias, penalties })` gives. */
  adjust?: Adjust | undefined;
}

/** Rows to select from, checked, and the call that will. */
export interface Selection<R> {
  readonly call: Call<R>;
  /** What to select from: x, or scratch with its adjusted logits. */
  readonly logits: Region;
  readonly rows: Rows;
  readonly mask: Mask | undefined;
  readonly params: Params;
  readonly regime: SelectRegime | undefined;
}

/**
 * What the operations that select from rows of logits check alike.
 *
 * @param own what changes the logits, of an operation that ships it; default: the value it is given.
 */
export function parseSelection<R>(
  op: string,
  x: GpuTensor,
  options: SelectionOptions & AdjustOption,
  own?: Adjust,
): Selection<R> {
  const target = targetOf(op, options);
  checkFirst(op, 'x', x, floatDTypes);
  const rows = rowsOf(op, x, options);
  if (rows.length === 0) {
    const may = `1 element or more along axis ${rows.axis}`;
    wrongValue(op, 'x', may, `shape ${formatShape(x.shape)}`);
  }
  const adjust = own ?? options.adjust;
  if (adjust !== undefined && adjust?.name !== 'adjust') {
    wrongKind(op, 'adjust', 'what adjust() gives', describe(adjust));
  }
  const adjustment = adjust?.parse(op, x, rows);
  const { mask, params } = parseMask(x.engine, op, options, x.shape, rows);
  if (options.regime !== undefined) checkChoice(op, 'regime', options.regime, selectRegimes);
  const call = new Call<R>(op, x.engine, target, [
    { name: 'x', region: x, rowData: false },
    ...(adjustment?.inputs ?? []),
    ...maskInputs(mask, false),
  ]);
  const logits = adjustment?.addTo(call) ?? x;
  return { call, logits, rows, mask, params, regime: options.regime as SelectRegime | undefined };
}

/** The shape of x with an axis of another length. */
export const shapeWith = (x: GpuTensor, { axis }: Rows, length: number): number[] =>
  x.shape.map((size, d) => (d === axis ? length : size));
