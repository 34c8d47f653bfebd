import type { DeviceFacts } from '../gpu/adapter';
import {
  ALIGNMENT,
  type Dispatch,
  dispatch,
  floorTo,
  gridOf,
  overBinding,
  type Part,
  type Plan,
} from '../gpu/plan';
import type { Region } from '../gpu/region';
import { wrongValue } from '../util/words';
import { bestForm, canTakeForm, type Form, forms, type ProductForm, tilesOf } from './forms';
import { MERGE_SIZE, mergeKernel } from './kernels';

/**
 * `C = A·B` of matrices in buffers, plus a bias for each column, plus what is in C already: C has
 * `rows` and `columns`, and each of its elements is a sum over `length` depths.
 */
export interface ProductTask {
  readonly rows: number;
  readonly columns: number;
  readonly length: number;
  /** Element (row i, depth l) is at `aRow·i + aStep·l`; one of the two steps is 1, or A one element. */
  readonly a: Region;
  readonly aRow: number;
  readonly aStep: number;
  /** Element (depth l, column j) is at `bColumn·j + bStep·l`. */
  readonly b: Region;
  readonly bColumn: number;
  readonly bStep: number;
  /** One value a column. */
  readonly bias?: Region | undefined;
  /** Row-major. */
  readonly c: Region;
  readonly accumulate?: boolean;
  /** A form to use whatever the table says. */
  readonly form?: ProductForm | undefined;
}

/** Bytes of scratch for parts at most; a product that needs more takes its rows in blocks. */
const PARTS_BYTES = 0x80_0000;

/** Products that take a watchdog as long as an element of a row. */
const PRODUCTS_PER_ELEMENT = 32;

/**
 * Turns a product into dispatches: by parts of its depth, and in blocks of rows, columns and depths
 * within the binding limit and the watchdog's patience. How a sum is grouped depends on its length, on
 * the form and, for operands over the binding limit, on that limit; never on the number of rows.
 *
 * @throws RangeError if a single row of an operand does not fit a binding, or the device cannot take
 * the form that is asked for.
 */
export function planProduct(label: string, task: ProductTask, device: DeviceFacts): Plan {
  if (task.form && !canTakeForm(task.form, device)) {
    const may = 'a form that needs no subgroups on this device';
    wrongValue(label, 'product', may, `'${task.form}'`);
  }
  const form = forms[task.form ?? bestForm(device)];
  const { rows, columns, length } = task;
  const scratch = new Map<string, number>();
  const steps: Dispatch[] = [];
  const blockColumns =
    task.bStep === 1 ? fitting(label, 'b', task.bColumn, columns, device) : columns;
  // A sum of nothing is a block too.
  const blockLength = Math.max(
    1,
    task.bStep > 1
      ? wholeUnits(form.partLength, fitting(label, 'b', task.bStep, length, device))
      : length,
  );
  const parts = Math.ceil(blockLength / form.partLength);
  const most = Math.min(
    fitting(label, 'c', columns, rows, device),
    task.aStep === 1 ? fitting(label, 'a', task.aRow, rows, device) : rows,
    parts > 1 ? Math.floor(PARTS_BYTES / (4 * parts * Math.min(blockColumns, columns))) : rows,
    Math.floor((device.maxElements * PRODUCTS_PER_ELEMENT) / (columns * Math.max(1, length))),
  );
  const blockRows = wholeUnits(form.tileOf(rows, columns).rows, most);
  for (let i = 0; i < rows; i += blockRows) {
    for (let j = 0; j < columns; j += blockColumns) {
      for (let l = 0; l === 0 || l < length; l += blockLength) {
        const block: Block = {
          i,
          j,
          l,
          rows: Math.min(blockRows, rows - i),
          columns: Math.min(blockColumns, columns - j),
          length: Math.min(blockLength, length - l),
        };
        steps.push(...planBlock(label, task, form, block, device, scratch));
      }
    }
  }
  return { steps, scratch };
}

interface Block {
  readonly i: number;
  readonly j: number;
  readonly l: number;
  readonly rows: number;
  readonly columns: number;
  readonly length: number;
}

function planBlock(
  label: string,
  task: ProductTask,
  { partLength, tileOf }: Form,
  { i, j, l, rows, columns, length }: Block,
  device: DeviceFacts,
  scratch: Map<string, number>,
): Dispatch[] {
  const { a, aRow, aStep, b, bColumn, bStep, bias, c } = task;
  const parts = Math.max(1, Math.ceil(length / partLength));
  const span = (steps: readonly (readonly [count: number, step: number])[]) =>
    1 + steps.reduce((sum, [count, step]) => sum + (count - 1) * step, 0);
  const ofA: Part = [
    a,
    aRow * i + aStep * l,
    span([
      [rows, aRow],
      [length, aStep],
    ]),
  ];
  const ofB: Part = [
    b,
    bColumn * j + bStep * l,
    span([
      [columns, bColumn],
      [length, bStep],
    ]),
  ];
  const ofBias: Part = bias ? [bias, j, columns] : ofB;
  const ofC: Part = [
    c,
    task.columns * i + j,
    span([
      [rows, task.columns],
      [columns, 1],
    ]),
  ];
  const shape = { rows, columns, length, part_length: partLength, parts };
  const finish = {
    has_bias: Number(bias !== undefined && l === 0),
    accumulate: Number(task.accumulate === true || l > 0),
  };
  const operands = { ...shape, a_row: aRow, a_step: aStep, b_column: bColumn, b_step: bStep };
  const tile = tileOf(rows, columns);
  const tiles = tilesOf(rows, columns, tile);
  const grid = gridOf(Math.ceil(tiles / tile.perWorkgroup), device);
  const elements = Math.ceil((rows * columns * length) / PRODUCTS_PER_ELEMENT);
  const multiply = (c: Part, params: object) =>
    dispatch(
      label,
      device,
      tile.kernel(),
      { a: ofA, b: ofB, bias: ofBias, c },
      params,
      [...grid, parts],
      elements,
    );
  if (parts === 1) return [multiply(ofC, { ...operands, ...finish, c_row: task.columns })];

  const size = rows * columns;
  const count = parts * size;
  scratch.set('parts', Math.max(4 * count, scratch.get('parts') ?? 0));
  const held: Part = [{ buffer: 'parts', byteOffset: 0, dtype: 'f32', count }, 0, count];
  return [
    multiply(held, { ...operands, c_row: columns }),
    dispatch(
      label,
      device,
      mergeKernel(),
      { a: held, bias: ofBias, c: ofC },
      { ...shape, ...finish, c_row: task.columns },
      gridOf(Math.ceil(size / MERGE_SIZE), device),
      size,
    ),
  ];
}

/** How many rows of this length a binding can hold: all of them, if possible. */
function fitting(
  label: string,
  role: string,
  step: number,
  count: number,
  device: DeviceFacts,
): number {
  const most = Math.floor((device.maxBinding - ALIGNMENT) / (4 * step));
  if (most < 1) {
    overBinding(label, `a row of ${role}`, 4 * step, device);
  }
  return Math.min(most, count);
}

/** Whole units if there is room for one. */
const wholeUnits = (unit: number, most: number) =>
  most >= unit ? floorTo(most, unit) : Math.max(1, most);
