import type { AdapterClass, DeviceFacts } from '../gpu/adapter';
import type { Kernel } from '../gpu/kernel';
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
import {
  MERGE_SIZE,
  mergeKernel,
  quadsKernel,
  REGISTER_INVOCATIONS,
  registersKernel,
  workgroupKernel,
} from './kernels';
import type { TileSize } from './tile';

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

/** The forms of a product: see docs/architecture.md. */
export const productForms = ['registers', 'quads', 'workgroup'] as const;
export type ProductForm = (typeof productForms)[number];

interface Form {
  /**
   * Depths of a part: longer sums are cut into parts of this length, which are computed side by side and
   * merged. A multiple of 32, the length of a chain.
   */
  readonly partLength: number;
  /** The kernel for a result of this size. No element's sum depends on its tile. */
  tileOf(rows: number, columns: number): Tile;
}

interface Tile {
  kernel(): Kernel;
  readonly rows: number;
  readonly columns: number;
  readonly perWorkgroup: number;
  /** Neighbours below each other that run as one: tiles in a column come in multiples of this. */
  readonly together: number;
}

/** Invocations that keep the cores of a software adapter busy. */
const BUSY = 64;

/** Tiles that cover a result, those past its edges too. */
const tilesOf = (rows: number, columns: number, tile: Omit<Tile, 'kernel' | 'perWorkgroup'>) =>
  tile.together * Math.ceil(rows / (tile.rows * tile.together)) * Math.ceil(columns / tile.columns);

/** The larger a tile, the fewer loads for a product; but there should be enough of them. */
function registerTile(rows: number, columns: number): Tile {
  const size = (count: number) => Math.min(16, 4 * Math.ceil(count / 4)) as TileSize;
  let wide = size(columns);
  let tall = size(rows);
  const halved = (size: TileSize) => (size > 8 ? 8 : 4) as TileSize;
  while (
    tilesOf(rows, columns, { rows: tall, columns: wide, together: 1 }) < BUSY &&
    tall * wide > 16
  ) {
    if (tall >= wide) tall = halved(tall);
    else wide = halved(wide);
  }
  return {
    kernel: () => registersKernel(tall, wide),
    rows: tall,
    columns: wide,
    perWorkgroup: REGISTER_INVOCATIONS,
    together: 1,
  };
}

/** Tiles of quads, with the time of a product as a multiple of that in the largest, measured on SwiftShader. */
const quadTiles = [
  { columns: 32, time: 1 },
  { columns: 16, time: 1.15 },
] as const;

/** The same of the largest tile that is taken alone. */
const ALONE_TIME = 1.2;

/** The fastest of the tiles of quads and the one that is taken alone, padding counted. */
function quadTile(rows: number, columns: number): Tile {
  const timeOf = (tile: Tile, time: number) =>
    time * tilesOf(rows, columns, tile) * tile.rows * tile.columns;
  let best = registerTile(rows, columns);
  let least = timeOf(best, ALONE_TIME);
  for (const { columns: wide, time } of quadTiles) {
    const tile: Tile = {
      kernel: () => quadsKernel(wide),
      rows: 8,
      columns: wide,
      perWorkgroup: REGISTER_INVOCATIONS,
      together: 4,
    };
    if (timeOf(tile, time) >= least || tilesOf(rows, columns, tile) < BUSY) continue;
    best = tile;
    least = timeOf(tile, time);
  }
  return best;
}

/** A part is 64 chains at most. On a GPU parts are shorter, so that small results fill it too. */
const forms: Record<ProductForm, Form> = {
  registers: { partLength: 2048, tileOf: registerTile },
  quads: { partLength: 2048, tileOf: quadTile },
  workgroup: {
    partLength: 256,
    tileOf: () => ({
      kernel: workgroupKernel,
      rows: 64,
      columns: 64,
      perWorkgroup: 1,
      together: 1,
    }),
  },
};

/** Which forms suit which adapter, best first: see `AdapterClass`. */
const formsOf: Record<AdapterClass, readonly ProductForm[]> = {
  cpu: ['quads', 'registers'],
  gpu: ['workgroup'],
};

/** Whether a device can take a form. */
export const canTakeForm = (form: ProductForm, { subgroups }: Pick<DeviceFacts, 'subgroups'>) =>
  form !== 'quads' || subgroups;

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
  const suited = formsOf[device.adapter].find((name) => canTakeForm(name, device))!;
  const form = forms[task.form ?? suited];
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
