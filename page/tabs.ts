/** The page's sections, one at a time, each made when it is first looked at. */
import { byId, create } from './dom';
import { onHash, tabOfHash } from './location';

/** A section of index.html by its id, and what fills it; without `mount` it is there from the start. */
export interface Tab {
  readonly id: string;
  /** Called until it succeeds, whenever the tab is looked at. */
  mount?(root: HTMLElement): Promise<void>;
}

const linkOf = (id: string) => document.querySelector<HTMLAnchorElement>(`nav a[href="#${id}"]`)!;

/** Shows the tab that the address names, or the first, from now on. */
export function startTabs(tabs: readonly Tab[]): void {
  const mounted = new Set<string>();
  const show = async () => {
    const tab = tabs.find(({ id }) => id === tabOfHash()) ?? tabs[0]!;
    for (const { id } of tabs) {
      const current = id === tab.id;
      byId(id, HTMLElement).hidden = !current;
      if (current) linkOf(id).setAttribute('aria-current', 'page');
      else linkOf(id).removeAttribute('aria-current');
    }
    if (mounted.has(tab.id)) return;
    mounted.add(tab.id);
    const section = byId(tab.id, HTMLElement);
    section.querySelector('.unmade')?.remove();
    try {
      await tab.mount?.(section);
    } catch (error) {
      mounted.delete(tab.id);
      const said = { class: 'banner bad unmade', role: 'alert' };
      section.prepend(create('p', said, (error as Error).message));
      throw error;
    }
  };
  for (const { id } of tabs) linkOf(id).hidden = false;
  onHash(() => {
    scrollTo(0, 0);
    void show();
  });
  void show();
}
