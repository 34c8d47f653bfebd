/** What the page's modules ask of the document. */

/**
 * The element of index.html with this id.
 *
 * @throws Error if there is none, or it is of another type.
 */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`index.html has no ${type.name} #${id}`);
  return element;
}

/** A new element: `create('td', { class: 'number' }, '42')`. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Says in a status line how things stand, or what is wrong. */
export function say(status: HTMLElement, text: string, kind: 'note' | 'bad' = 'note'): void {
  status.textContent = text;
  status.classList.toggle('bad', kind === 'bad');
}

/** A line above the page's sections that stays. */
export function showBanner(kind: 'note' | 'bad', text: string): void {
  byId('banners', HTMLDivElement).append(create('p', { class: `banner ${kind}` }, text));
}
