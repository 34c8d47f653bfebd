/** A part of the results: a plot with a sentence on what it shows, and a table under it. */
import type { Results } from '../../bench/results';
import { deviceName } from '../adapter';
import { create } from '../dom';
import type { Column } from '../plots/table';

/** The functions take the results of one device, or of two to be laid over each other. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** What is to be seen, in a sentence. */
  lead(all: readonly Results[]): string;
  /** How it was measured. */
  readonly about: string;
  /** Whether a device has results for it. */
  isThere(results: Results): boolean;
  plot(all: readonly Results[]): HTMLElement;
  table(all: readonly Results[]): HTMLElement;
}

/** @param open whether the table is unfolded. */
export function sectionElement(
  section: Section,
  all: readonly Results[],
  open: boolean,
): HTMLElement {
  const { id, title, about } = section;
  const there = all.filter((results) => section.isThere(results));
  return create(
    'section',
    { class: 'card result', id, 'aria-labelledby': `${id}-heading` },
    create('h3', { id: `${id}-heading` }, title),
    create('p', { class: 'lead' }, section.lead(there)),
    section.plot(there),
    create(
      'details',
      open ? { open: '' } : {},
      create('summary', {}, 'Table'),
      section.table(there),
    ),
    create('p', { class: 'hint' }, about),
  );
}

/** A column for the device, where there are two. */
export const deviceColumn = (all: readonly Results[]): Column<{ readonly results: Results }>[] =>
  all.length > 1 ? [{ title: 'Device', value: ({ results }) => deviceName(results.adapter) }] : [];
