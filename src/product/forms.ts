import type { AdapterClass, DeviceFacts } from '../gpu/adapter';
import type { Kernel } from '../gpu/kernel';
import { quadsKernel, REGISTER_INVOCATIONS, registersKernel, workgroupKernel } from './kernels';
import type { TileSize } from './tile';

/** The forms of a product: see docs/architecture.md. */
export const productForms = ['registers', 'quads', 'workgroup'] as const;
export type ProductForm = (typeof productForms)[number];

export interface Form {
  /**
   * Depths of a part: longer sums are cut into parts of this length, which are computed side by side and
   * merged. A multiple of 32, the length of a chain.
   */
  readonly partLength: number;
  /** The kernel for a result of this size. No element's sum depends on its tile. */
  tileOf(rows: number, columns: number): Tile;
}

export interface Tile {
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
export const tilesOf = (
  rows: number,
  columns: number,
  tile: Omit<Tile, 'kernel' | 'perWorkgroup'>,
) =>
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
export const forms: Record<ProductForm, Form> = {
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

/** The best form that a device can take. */
export const bestForm = (device: DeviceFacts): ProductForm =>
  formsOf[device.adapter].find((name) => canTakeForm(name, device))!;
