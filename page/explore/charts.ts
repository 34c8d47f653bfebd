/** Vectors as tables with bars, matrices as tables with shades. */
import { create } from '../dom';
import { formatValue } from '../numbers';

/**
 * One row a class: its label, a bar from zero, its value.
 *
 * @param range what the width of the table stands for; default: as far as the values and zero reach.
 */
export function barTable(
  caption: string,
  labels: readonly string[],
  values: Float32Array,
  range?: readonly [low: number, high: number],
): HTMLTableElement {
  const finite = [...values].filter(Number.isFinite);
  const [low, high] = range ?? [Math.min(0, ...finite), Math.max(0, ...finite)];
  const rows = labels.map((label, k) => {
    const value = values[k]!;
    return create(
      'tr',
      {},
      create('th', { scope: 'row' }, label),
      create('td', { class: 'bar', 'aria-hidden': 'true' }, bar(value, low, high)),
      create('td', { class: 'number' }, formatValue(value)),
    );
  });
  return create(
    'table',
    { class: 'bars' },
    create('caption', { class: 'unseen' }, caption),
    create('tbody', {}, ...rows),
  );
}

/** A bar from zero to the value; nothing for zero, or a value that is not finite. */
function bar(value: number, low: number, high: number): HTMLDivElement | string {
  if (value === 0 || !Number.isFinite(value)) return '';
  const element = create('div', { class: value < 0 ? 'negative' : 'positive' });
  const span = high - low;
  element.style.left = `${(100 * (Math.min(0, value) - low)) / span}%`;
  element.style.width = `${(100 * Math.abs(value)) / span}%`;
  return element;
}

/** A square matrix, row-major: the larger an entry's size, the stronger its shade. */
export function heatMap(caption: string, size: number, values: Float32Array): HTMLElement {
  const largest = Math.max(0, ...[...values].filter(Number.isFinite).map(Math.abs));
  const index = Array.from({ length: size }, (_, k) => String(k));
  const head = create(
    'tr',
    {},
    create('th', { scope: 'col' }, 'i \\ j'),
    ...index.map((j) => create('th', { scope: 'col' }, j)),
  );
  const rows = index.map((i) => {
    const cells = index.map((j) => {
      const value = values[Number(i) * size + Number(j)]!;
      const cell = create('td', { class: value < 0 ? 'negative' : 'positive' });
      cell.textContent = formatValue(value, 4);
      const share = largest > 0 && Number.isFinite(value) ? Math.abs(value) / largest : 0;
      cell.style.setProperty('--share', `${Math.round(60 * Math.sqrt(share))}%`);
      return cell;
    });
    return create('tr', {}, create('th', { scope: 'row' }, i), ...cells);
  });
  // A wide matrix scrolls by itself.
  return create(
    'div',
    { class: 'scroll' },
    create(
      'table',
      { class: 'heat' },
      create('caption', { class: 'unseen' }, caption),
      create('thead', {}, head),
      create('tbody', {}, ...rows),
    ),
  );
}
