/** A plot of one of several things, and the choice of which. */
import { create } from '../dom';

/** What was chosen last, by the choice's id: results that come later are shown the same way. */
const chosen = new Map<string, string>();

/**
 * @param options what can be chosen, and its text, by key; at least one.
 * @param plotOf draws what was chosen.
 */
export function plotByChoice(
  id: string,
  label: string,
  options: ReadonlyMap<string, string>,
  plotOf: (key: string) => HTMLElement,
): HTMLElement {
  const choice = create('select', { id });
  for (const [key, text] of options) choice.append(create('option', { value: key }, text));
  const last = chosen.get(id);
  choice.value = last !== undefined && options.has(last) ? last : [...options.keys()][0]!;
  const place = create('div');
  const show = () => place.replaceChildren(plotOf(choice.value));
  choice.addEventListener('change', () => {
    chosen.set(id, choice.value);
    show();
  });
  show();
  const toolbar = create('p', { class: 'toolbar' }, create('label', { for: id }, label), choice);
  return create('div', {}, toolbar, place);
}
