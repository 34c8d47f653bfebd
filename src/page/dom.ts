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

/** A new element of a picture: `createSvg('line', { x1: 0, y1: 0, x2: 9, y2: 9 })`. */
export function createSvg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  element.append(...children);
  return element;
}

/** A line above the page's sections that stays. */
export function showBanner(kind: 'note' | 'bad', text: string): void {
  byId('banners', HTMLDivElement).append(create('p', { class: `banner ${kind}` }, text));
}
