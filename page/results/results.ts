/** The results of one device, or of two laid over each other: on the page, and in the report. */
import type { Results } from '../../bench/results';
import { deviceName } from '../adapter';
import { heat } from './heat';
import { peers } from './peers';
import { roofline } from './roofline';
import { type Section, sectionElement } from './section';
import { times } from './times';
import { verdictOf } from './verdict';

const sections: readonly Section[] = [roofline, times, heat, peers];

/** Shows results in a place, and what has not changed stays as the visitor left it. */
export class ResultsView {
  private readonly shown = new Map<string, { key: string; element: HTMLElement }>();
  private readonly verdicts = document.createElement('div');

  constructor(
    private readonly root: HTMLElement,
    private readonly tablesOpen = false,
  ) {
    this.verdicts.className = 'verdicts';
  }

  show(given: readonly Results[]): void {
    const all = distinct(given);
    this.verdicts.replaceChildren(...all.map(verdictOf));
    const elements = sections.flatMap((section) => {
      if (!all.some((results) => section.isThere(results))) return [];
      const before = this.shown.get(section.id);
      const key = JSON.stringify(
        all.map((results) => [results.adapter, countOf(results)[section.id]]),
      );
      if (before?.key === key) return [before.element];
      const open = before?.element.querySelector('details')?.open ?? this.tablesOpen;
      const element = sectionElement(section, all, open);
      this.shown.set(section.id, { key, element });
      return [element];
    });
    this.root.replaceChildren(...(all.length > 0 ? [this.verdicts] : []), ...elements);
  }
}

/** What a section shows of a run grows with these. */
const countOf = ({
  date,
  table,
  variants,
  peers: comparisons,
}: Results): Record<string, string> => ({
  roofline: `${date} ${table.length}`,
  times: `${date} ${table.length}`,
  variants: `${date} ${variants.length}`,
  peers: `${date} ${comparisons.length}`,
});

/** Two devices of one name are told apart. */
function distinct(all: readonly Results[]): readonly Results[] {
  const [own, other] = all;
  if (!own || !other || deviceName(own.adapter) !== deviceName(other.adapter)) return all;
  const description = `${deviceName(other.adapter)}, imported`;
  return [own, { ...other, adapter: { ...other.adapter, description } }];
}
