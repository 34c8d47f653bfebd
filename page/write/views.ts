/** What may come next, as elements. */
import { create } from '../dom';
import { formatCount, formatShare } from '../numbers';
import type { Step } from './writer';

/** Figures of the writing, by their names. */
const titles = {
  count: 'words written',
  speed: 'words per second',
  kept: 'words kept by the cut',
  bytes: 'bytes read back per word',
  row: 'bytes that reading the row would take',
};
type Fact = keyof typeof titles;

const formatFigure = (figure: number) =>
  Number.isInteger(figure) ? formatCount(figure) : figure.toFixed(1);

/** A list of figures, and the way to change some. */
export function createFacts() {
  const names = Object.keys(titles) as Fact[];
  const cells = names.map((name) => create('dd', { id: `write-${name}` }, '–'));
  const element = create(
    'dl',
    { class: 'train-facts' },
    ...names.map((name, i) => create('div', {}, create('dt', {}, titles[name]), cells[i]!)),
  );
  return {
    element,
    show(figures: Partial<Record<Fact, number>>): void {
      for (const [name, figure] of Object.entries(figures)) {
        cells[names.indexOf(name as Fact)]!.textContent = formatFigure(figure);
      }
    },
  };
}

/**
 * The likeliest words as bars, the one that was drawn marked, and a line where the cut is: words under it
 * cannot be drawn.
 *
 * @param shown gives a word's text.
 */
export function candidateTable(
  { candidates, kept, drawn }: Step,
  words: number,
  shown: (word: number) => string,
): HTMLTableElement {
  const largest = candidates[0]?.probability ?? 1;
  const rows = candidates.map(({ word, probability }, i) => {
    const bar = create('div', { class: 'positive' });
    bar.style.width = `${(100 * probability) / largest}%`;
    const isDrawn = word === drawn;
    return create(
      'tr',
      { class: `${i < kept ? 'kept' : 'cut'}${isDrawn ? ' drawn' : ''}` },
      create('th', { scope: 'row' }, shown(word), isDrawn ? ' ✓' : ''),
      create('td', { class: 'bar', 'aria-hidden': 'true' }, bar),
      create('td', { class: 'number' }, formatShare(probability)),
    );
  });
  const more = kept - candidates.length;
  const place = Math.min(kept, candidates.length);
  rows.splice(place, 0, cutLine(kept, more, words));
  if (!candidates.some(({ word }) => word === drawn)) {
    rows.splice(place, 0, lineOf('drawn', `${shown(drawn)} ✓, from further down`));
  }
  return create(
    'table',
    { class: 'bars' },
    create('caption', {}, 'The likeliest words, and their probabilities before the cut'),
    create('tbody', {}, ...rows),
  );
}

function cutLine(kept: number, more: number, words: number): HTMLTableRowElement {
  const count = `${formatCount(kept)} of ${formatCount(words)} words kept`;
  return lineOf('cut-line', more > 0 ? `${count}, ${formatCount(more)} of them not shown` : count);
}

const lineOf = (kind: string, text: string) =>
  create('tr', { class: kind }, create('td', { colspan: '3' }, text));
