/** The page's sections, one at a time, each made when it is first looked at. */
import type { Softmax } from '../index';
import { byId } from './dom';
import { onHash, tabOfHash } from './location';

/** Fills a section of index.html, once. */
export type Mount = (root: HTMLElement, sm: Softmax) => void | Promise<void>;

/** A section's id, and how it is filled; without `load` it is there from the start. */
export interface Tab {
  readonly id: string;
  load?(): Promise<Mount>;
}

const linkOf = (id: string) => document.querySelector<HTMLAnchorElement>(`nav a[href="#${id}"]`)!;

/** Shows the tab that the address names, or the first, from now on. */
export function startTabs(tabs: readonly Tab[], sm: Softmax): void {
  const mounted = new Set<string>();
  const show = async () => {
    const tab = tabs.find(({ id }) => id === tabOfHash()) ?? tabs[0]!;
    for (const { id } of tabs) {
      const current = id === tab.id;
      byId(id, HTMLElement).hidden = !current;
      if (current) linkOf(id).setAttribute('aria-current', 'page');
      else linkOf(id).removeAttribute('aria-current');
    }
    if (!tab.load || mounted.has(tab.id)) return;
    mounted.add(tab.id);
    const mount = await tab.load();
    await mount(byId(tab.id, HTMLElement), sm);
  };
  for (const { id } of tabs) linkOf(id).hidden = false;
  onHash(() => {
    scrollTo(0, 0);
    void show();
  });
  void show();
}
