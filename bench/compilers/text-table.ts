/** Tables as text, their columns as wide as what is in them. */

export interface Column<T> {
  readonly title: string;
  readonly align?: 'left';
  readonly of: (row: T) => string;
}

const cellsOf = <T>(columns: readonly Column<T>[], rows: readonly T[]): string[][] => [
  columns.map(({ title }) => title),
  ...rows.map((row) => columns.map(({ of }) => of(row))),
];

/** For a terminal: the titles in the first line. */
export function textTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = cellsOf(columns, rows);
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]!.length)));
  const pad = (cell: string, i: number) =>
    columns[i]!.align === 'left' ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!);
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

/** For a document. */
export function markdownTable<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const [titles, ...lines] = cellsOf(columns, rows);
  const rule = columns.map(({ align }) => (align === 'left' ? '---' : '--:'));
  return [titles!, rule, ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
