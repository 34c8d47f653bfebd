import square from '../../shaders/product/square.wgsl';
import type { Instance, Piece } from '../wgsl/piece';

/** Rows or columns of a tile in registers. */
export const tileSizes = [4, 8, 12, 16] as const;
export type TileSize = (typeof tileSizes)[number];

/** Columns of a tile of which four, 8 rows each, share what they load. */
export const quadColumns = [16, 32] as const;

/**
 * The straight-line code of a tile: its squares, and the functions that `registers.wgsl` calls, each
 * a line for each square.
 */
export function tileCode(rows: number, columns: number): Piece[] {
  const tops = Array.from({ length: rows / 4 }, (_, r) => r);
  const lefts = Array.from({ length: columns / 4 }, (_, c) => c);
  const squares = tops.flatMap((r) => lefts.map((c) => [r, c] as const));
  const fn = (head: string, lines: readonly string[]) =>
    `fn ${head} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
  const takes = (one: 'one' | 'four', a: string, b: string) => [
    ...tops.map((r) => `let a${r} = ${a}(starts_a${r}, l);`),
    ...lefts.map((c) => `let b${c} = ${b}(columns_b${c}, l);`),
    ...squares.map(([r, c]) => `${one}_${r}_${c}(a${r}, b${c});`),
  ];
  const code = [
    `//@ a tile of ${rows} × ${columns}`,
    `const TILE_ROWS = ${rows}u;\nconst TILE_COLUMNS = ${columns}u;`,
    `const SQUARES = ${squares.length}u;\nconst SQUARES_ACROSS = ${lefts.length}u;\n`,
    'var<private> sums: array<mat4x4<f32>, SQUARES>;',
    ...tops.map((r) => `var<private> starts_a${r}: vec4<u32>;`),
    ...lefts.map((c) => `var<private> columns_b${c}: Columns;`),
    '',
    fn('open_tile(i: u32, j: u32)', [
      ...tops.map((r) => `starts_a${r} = a_starts(i + ${4 * r}u);`),
      ...lefts.map((c) => `columns_b${c} = columns_from(j + ${4 * c}u);`),
    ]),
    fn(
      'clear_chains()',
      squares.map(([r, c]) => `chain_${r}_${c} = mat4x4<f32>();`),
    ),
    fn('take_four(l: u32)', takes('four', 'rows_of_a', 'columns_of_b')),
    fn('take_one(l: u32)', takes('one', 'a_across', 'column_values')),
    fn(
      'close_chains()',
      squares.map(([r, c], i) => `sums[${i}] += chain_${r}_${c};`),
    ),
  ].join('\n');
  const chains = squares.map(
    ([r, c]): Instance => ({ source: square, role: `${r}_${c}`, data: '', constants: {} }),
  );
  return [code, ...chains];
}
