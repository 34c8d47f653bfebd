/** Times as bars from zero, with the range of their samples. */
import { create } from '../dom';

export interface Bar {
  readonly label: string;
  /** Where the bar ends; undefined for what has none, such as a library that failed. */
  readonly value: number | undefined;
  /** The 10–90 % range, drawn across the bar's end. */
  readonly range?: readonly [low: number, high: number];
  /** Beside the bar. */
  readonly text: string;
  readonly kind: 'ours' | 'limit' | 'peer' | 'bad';
  /** Of the other of two devices. */
  readonly other?: boolean;
}

/** @param caption what the bars are, for those who do not see them. */
export function barChart(caption: string, bars: readonly Bar[]): HTMLTableElement {
  const largest = Math.max(
    ...bars.map(({ value, range }) => Math.max(value ?? 0, range?.[1] ?? 0)),
    Number.MIN_VALUE,
  );
  const percent = (value: number) => `${(100 * value) / largest}%`;
  const rows = bars.map(({ label, value, range, text, kind, other }) => {
    const track = create('td', { class: 'track', 'aria-hidden': 'true' });
    if (value !== undefined) {
      const bar = create('div', { class: `length ${kind}${other ? ' other' : ''}` });
      bar.style.inlineSize = percent(value);
      track.append(bar);
    }
    if (range) {
      const whisker = create('div', { class: 'whisker' });
      whisker.style.insetInlineStart = percent(range[0]);
      whisker.style.inlineSize = percent(range[1] - range[0]);
      track.append(whisker);
    }
    return create(
      'tr',
      { class: kind },
      create('th', { scope: 'row' }, label),
      track,
      create('td', { class: 'number' }, text),
    );
  });
  return create(
    'table',
    { class: 'times' },
    create('caption', { class: 'unseen' }, caption),
    create('tbody', {}, ...rows),
  );
}
