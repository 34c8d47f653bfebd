import { type AdjustOptions, adjusted } from './adjust';
import { type FilterOptions, filtersOf, prefixOf } from './filters';
import type { MaskOption } from './mask';
import { philox } from './philox';
import { type AxisOption, checkElements, type HostTensor, rowsOf, type ScaleOptions } from './rows';
import { SoftmaxRow } from './softmax-row';
import { placeOf } from './top-k';

/** Elements of a tile, and of a chunk of tiles. */
const TILE = 64;
const CHUNK = 64 * TILE;
const WORD = 2 ** 32;

/** Options of `sample`, as the library's. */
export interface SampleOptions
  extends AxisOption,
    AdjustOptions,
    ScaleOptions,
    MaskOption,
    FilterOptions {
  /** An integer of 0 … 2⁵³ − 1. */
  seed: number;
  /** 1/s; 0 takes the largest element. */
  temperature?: number;
  /** Draws per row; default: one, without an axis of its own. */
  draws?: number;
  /** The number of the first row; default 0. */
  rowOffset?: number;
}

/** What is drawn, and how nearly it was something else. */
export interface SampleReference {
  /** Indices along the axis; −1 for a row that softmax makes NaN. */
  indices: Int32Array;
  /**
   * How near each draw came to another result: the smallest distance of a random number from where
   * another part begins, as a share of the whole. Below 2⁻²⁰ an f32 result may differ.
   */
  margins: Float64Array;
}

/**
 * Draws of each row with the probabilities of its softmax. A chunk of 4096 elements is drawn by the
 * chunks' sums of exponentials, in it a tile of 64 by the tiles' sums, and there an element, each
 * by 64 bits of its own: words of Philox with the counters (row, draw, 0) for the upper and (row,
 * draw, 1) for the lower halves, and the seed as their key. Levels with one choice are passed over.
 * What filters drop has no weight.
 * @returns one axis of draws in place of the axis (none without `draws`), row-major
 * @throws RangeError for a shape, axis, scale or mask that does not fit
 */
export function sample(x: HostTensor, options: SampleOptions): SampleReference {
  const { bias, penalties, ...unadjusted } = options;
  if (bias || penalties) {
    const rows = rowsOf('sample', 'x', x, options.axis);
    return sample(adjusted('sample', x, rows, options).x, unadjusted);
  }
  const { seed, temperature, draws = 1, rowOffset = 0, ...rest } = options;
  const greedy = temperature === 0;
  const scaled = temperature === undefined || greedy ? rest : { ...rest, temperature };
  const row = new SoftmaxRow('sample', 'x', x, scaled);
  const { rows } = row;
  checkElements('sample', rows);
  const given = filtersOf('sample', scaled, rows.length);
  const filters = greedy ? filtersOf('sample', { topK: 1 }, rows.length) : given;
  const indices = new Int32Array(rows.count * draws);
  const margins = new Float64Array(rows.count * draws);
  const key = [seed % WORD, Math.floor(seed / WORD)] as const;
  for (let r = 0; r < rows.count; r++) {
    row.load(r);
    // The row's number in two words, of which the sum may be more than a number holds.
    const low = (rowOffset % WORD) + r;
    const high = Math.floor(rowOffset / WORD) + Math.floor(low / WORD);
    const prefix = row.kind === 'finite' ? prefixOf(row, filters) : undefined;
    for (const index of prefix?.ranked.subarray(prefix.kept) ?? []) row.e[index] = 0;
    const levels = prefix && new Levels(row.e);
    for (let draw = 0; draw < draws; draw++) {
      const at = placeOf(rows, r, draw, draws);
      const [upper, lower] = [0, 1].map((part) => philox([low % WORD, high, draw, part], key));
      const uniforms = upper!.map((word, level) => (word + lower![level]! / WORD) / WORD);
      const [index, margin] = levels ? levels.draw(uniforms) : [-1, 1];
      indices[at] = index;
      margins[at] = Math.min(margin, prefix?.margin ?? 1);
    }
  }
  return { indices, margins };
}

/** A row's weights, and their sums by tile and by chunk. */
class Levels {
  private readonly tiles: Float64Array;
  private readonly chunks: Float64Array;

  constructor(private readonly weights: Float64Array) {
    this.tiles = sums(weights, TILE);
    this.chunks = sums(this.tiles, CHUNK / TILE);
  }

  draw(uniforms: readonly number[]): [index: number, margin: number] {
    const { weights, tiles, chunks } = this;
    const whole = (all: Float64Array): [number, number] => [0, all.length];
    const part = (i: number, size: number, all: Float64Array): [number, number] => [
      i * size,
      Math.min((i + 1) * size, all.length),
    ];
    const [chunk, a] = chunks.length > 1 ? pick(chunks, whole(chunks), uniforms[0]!) : [0, 1];
    const inChunk = part(chunk, CHUNK / TILE, tiles);
    const [tile, b] = tiles.length > 1 ? pick(tiles, inChunk, uniforms[1]!) : [0, 1];
    const [index, c] = pick(weights, part(tile, TILE, weights), uniforms[2]!);
    return [index, Math.min(a, b, c)];
  }
}

function sums(values: Float64Array, size: number): Float64Array {
  const result = new Float64Array(Math.ceil(values.length / size));
  for (let i = 0; i < values.length; i++) result[Math.floor(i / size)]! += values[i]!;
  return result;
}

/** The one in whose share of the range's sum a number of 0 … 1 falls, and its margin. */
function pick(
  weights: Float64Array,
  [first, end]: readonly [number, number],
  uniform: number,
): [index: number, margin: number] {
  let total = 0;
  for (let i = first; i < end; i++) total += weights[i]!;
  const goal = uniform * total;
  let passed = 0;
  let found = first;
  let margin = total;
  for (let i = first; i < end; i++) {
    if (weights[i]! > 0) {
      if (passed <= goal) found = i;
      // The first one begins at 0, which no rounding moves.
      if (passed > 0) margin = Math.min(margin, Math.abs(goal - passed));
    }
    passed += weights[i]!;
  }
  return [found, margin / total];
}
