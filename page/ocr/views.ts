/** What was read, as elements. */
import type { BatchResult } from '../../bench/ocr/batch';
import type { Character } from '../../bench/ocr/decode';
import { paceOf } from '../../bench/ocr/pace';
import { create } from '../dom';

/** Below this a character is marked. */
const UNSURE = 0.9;

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/** A class by what is seen of it; the blank, and white space, are not. */
const visible = (text: string) => (text === '' ? 'none' : text.trim() === '' ? '␣' : text);

/** The text, with the characters marked that the model is not sure of. */
export const textOf = (characters: readonly Character[]): HTMLElement[] =>
  characters.map(({ text, confidence }) =>
    create(confidence < UNSURE ? 'mark' : 'span', { title: percent(confidence) }, text),
  );

/** Each character, how sure the model is of it, and what else it might be. */
export function characterTable(characters: readonly Character[]): HTMLElement {
  const head = ['Character', 'Probability', 'or', 'or', 'or', 'or'];
  const rows = characters.map(({ text, confidence, others }) =>
    create(
      'tr',
      {},
      create('th', { scope: 'row' }, visible(text)),
      create('td', { class: 'number' }, percent(confidence)),
      ...others.map(({ text: other, probability }) =>
        create('td', {}, create('b', {}, visible(other)), ` ${percent(probability)}`),
      ),
    ),
  );
  return scrolling('Characters, and what else they might be', head, rows);
}

/** A batch read in two ways. */
export function batchTable(batch: BatchResult): HTMLElement {
  const [before, after] = [paceOf(batch, 'softmax'), paceOf(batch, 'topK')];
  const row = (title: string, ...cells: string[]) =>
    create(
      'tr',
      {},
      create('th', { scope: 'row' }, title),
      ...cells.map((cell) => create('td', { class: 'number' }, cell)),
    );
  return scrolling(
    `${batch.lines} lines in ${batch.styles} fonts and sizes, ${batch.provider} provider`,
    ['', 'Runtime’s softmax', 'This library’s top-5'],
    [
      row('Characters right', percent(batch.accuracy.unmodified), percent(batch.accuracy.ours)),
      row('Lines a second', before.linesPerSecond.toFixed(2), after.linesPerSecond.toFixed(2)),
      row('Share of the time', percent(before.share), percent(after.share)),
    ],
  );
}

/** Whoever has no pointer scrolls it by keyboard. */
function scrolling(
  caption: string,
  head: readonly string[],
  rows: readonly HTMLTableRowElement[],
): HTMLElement {
  const heads = head.map((title) =>
    title ? create('th', { scope: 'col' }, title) : create('td', {}),
  );
  return create(
    'div',
    { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption },
    create(
      'table',
      { class: 'sortable' },
      create('caption', {}, caption),
      create('thead', {}, create('tr', {}, ...heads)),
      create('tbody', {}, ...rows),
    ),
  );
}
