import type { GpuTensor } from '../engine/tensor';
import { floatDTypes } from '../gpu/region';
import { type SelectRegime, selectRegimes } from '../select/tiers';
import {
  type CommonOptions,
  checkChoice,
  checkCommon,
  checkFirst,
  describe,
  formatShape,
  type Rows,
  rowsOf,
} from './arguments';
import { type MaskOption, maskOf } from './mask';
import type { Input } from './output';
import { inputsOf } from './small';

/** Elements that may be picked of a row. */
export const MAX_PICKS = 256;

/** What the operations that select from rows of logits check alike. */
export function selection(op: string, x: GpuTensor, options: CommonOptions & MaskOption) {
  const target = checkCommon(op, options);
  checkFirst(op, 'x', x, floatDTypes);
  const { engine } = x;
  const rows = rowsOf(op, x, options);
  if (rows.length === 0) {
    throw new RangeError(
      `${op}: axis ${rows.axis} of x (shape ${formatShape(x.shape)}) has length 0; it may be 1 or more`,
    );
  }
  const { mask, params } = maskOf(engine, op, options, x.shape, rows);
  if (options.regime !== undefined) checkChoice(op, 'regime', options.regime, selectRegimes);
  const inputs: Input[] = [
    { name: 'x', region: x, rowData: false },
    ...inputsOf('mask', mask?.region),
  ];
  const regime = options.regime as SelectRegime | undefined;
  return { engine, target, rows, mask, params, inputs, regime };
}

/** The shape of x with an axis of another length. */
export const shapeWith = (x: GpuTensor, { axis }: Rows, length: number): number[] =>
  x.shape.map((size, d) => (d === axis ? length : size));

/** @throws RangeError unless it is an integer in low … high. */
export function checkInteger(
  op: string,
  name: string,
  value: unknown,
  low: number,
  high: number,
): asserts value is number {
  if (!Number.isInteger(value) || (value as number) < low || (value as number) > high) {
    throw new RangeError(
      `${op}: ${name} is ${describe(value)}; it may be an integer of ${low} … ${high}`,
    );
  }
}
