/** Tables whose columns sort. */
import { create } from '../dom';

export interface Column<R> {
  readonly title: string;
  /** What it sorts by; undefined where there is nothing, which comes last. */
  value(row: R): number | string | undefined;
  /** What it shows; default: the value. */
  text?(row: R): string;
  /** Whether what it shows is words, though it sorts by a number. */
  readonly words?: true;
}

/**
 * A table that scrolls sideways where it is too wide. The first column heads the rows; a column whose
 * values are numbers is set to the right.
 *
 * @param kindOf a class for a row, such as 'bad'.
 */
export function sortableTable<R>(
  caption: string,
  columns: readonly Column<NoInfer<R>>[],
  rows: readonly R[],
  kindOf: (row: NoInfer<R>) => string = () => '',
): HTMLElement {
  const body = create('tbody');
  const heads = columns.map((column) => {
    const button = create('button', { type: 'button' }, column.title);
    return create('th', { scope: 'col', class: alignOf(column, rows) }, button);
  });
  const fill = (sorted: readonly R[]) => {
    body.replaceChildren(
      ...sorted.map((row) => {
        const cells = columns.map((column, i) => {
          const shown = column.text?.(row) ?? String(column.value(row) ?? '–');
          return i === 0
            ? create('th', { scope: 'row' }, shown)
            : create('td', { class: alignOf(column, rows) }, shown);
        });
        return create('tr', { class: kindOf(row) }, ...cells);
      }),
    );
  };
  heads.forEach((head, i) => {
    head.addEventListener('click', () => {
      const order = head.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', order);
      const sign = order === 'ascending' ? 1 : -1;
      const by = columns[i]!.value;
      fill([...rows].sort((a, b) => compare(by(a), by(b), sign)));
    });
  });
  fill(rows);
  const table = create(
    'table',
    { class: 'sortable' },
    create('caption', {}, caption),
    create('thead', {}, create('tr', {}, ...heads)),
    body,
  );
  // Whoever has no pointer scrolls it by keyboard.
  return create(
    'div',
    { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption },
    table,
  );
}

const alignOf = <R>({ value, words }: Column<R>, rows: readonly R[]) =>
  !words && rows.some((row) => typeof value(row) === 'number') ? 'number' : '';

/** What has no value comes last, whatever the order. */
function compare(
  a: number | string | undefined,
  b: number | string | undefined,
  sign: number,
): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return sign * order;
}
