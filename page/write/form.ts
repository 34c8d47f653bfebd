/** The form of the tab: the words to begin with, the seed, a slider for each control, the buttons. */
import { create } from '../dom';
import {
  type ControlName,
  controlNames,
  controls,
  isSeed,
  readSettings,
  type Settings,
} from './settings';

export interface Form {
  readonly element: HTMLFormElement;
  readonly run: HTMLButtonElement;
  readonly step: HTMLButtonElement;
  /** What it says: the same object until something is changed. */
  settings(): Settings;
  /** Says which of the words the model has not. */
  tellUnknown(words: readonly string[]): void;
}

/**
 * A form as the address says.
 *
 * @param onChange called when its settings are others.
 */
export function createForm(onChange: (settings: Settings) => void): Form {
  let settings = readSettings(new URLSearchParams(location.search));
  const change = (part: Partial<Settings>) => {
    settings = { ...settings, ...part };
    onChange(settings);
  };
  const words = create('input', {
    ...{ id: 'write-words', type: 'text', maxlength: '300', spellcheck: 'false' },
    ...{ 'aria-describedby': 'write-unknown', value: settings.words },
  });
  words.addEventListener('input', () => change({ words: words.value }));
  const unknown = create('p', { id: 'write-unknown', class: 'hint' });
  const seed = create('input', {
    ...{ id: 'write-seed', type: 'text', inputmode: 'numeric', maxlength: '10' },
    ...{ 'aria-describedby': 'write-seed-error', value: String(settings.seed) },
  });
  const seedError = create('p', { id: 'write-seed-error', class: 'error', role: 'alert' });
  seed.addEventListener('input', () => {
    const value = seed.value.trim() === '' ? Number.NaN : Number(seed.value);
    seed.setAttribute('aria-invalid', String(!isSeed(value)));
    seedError.textContent = isSeed(value) ? '' : 'Type a whole number from 0 to 4294967295.';
    if (isSeed(value)) change({ seed: value });
  });
  const run = create('button', { id: 'write-run', class: 'primary' }, 'Write');
  const step = create('button', { id: 'write-step', type: 'button' }, 'One word');
  const element = create(
    'form',
    { class: 'card write-form', autocomplete: 'off' },
    create(
      'div',
      { class: 'field wide' },
      create('label', { for: words.id }, 'Your words'),
      words,
      unknown,
    ),
    create('div', { class: 'field' }, create('label', { for: seed.id }, 'Seed'), seed, seedError),
    ...controlNames.map((name) =>
      sliderOf(name, settings[name], (value) => change({ [name]: value })),
    ),
    create('div', { class: 'field wide buttons' }, run, step),
  );
  return {
    element,
    run,
    step,
    settings: () => settings,
    tellUnknown(all) {
      const quoted = all.map((word) => `“${word}”`).join(', ');
      unknown.textContent = quoted && `Passed over, for the model does not know it: ${quoted}`;
    },
  };
}

/** A slider over the places of a control's values. */
function sliderOf(
  name: ControlName,
  value: number,
  onInput: (value: number) => void,
): HTMLDivElement {
  const { title, values, text }: (typeof controls)[ControlName] = controls[name];
  const shown = create('output', { for: `write-${name}` }, text(value));
  const slider = create('input', {
    ...{ id: `write-${name}`, type: 'range', min: '0', max: String(values.length - 1) },
    ...{
      value: String((values as readonly number[]).indexOf(value)),
      'aria-valuetext': text(value),
    },
  });
  slider.addEventListener('input', () => {
    const chosen = values[Number(slider.value)]!;
    shown.value = text(chosen);
    slider.setAttribute('aria-valuetext', text(chosen));
    onInput(chosen);
  });
  return create(
    'div',
    { class: 'field' },
    create('label', { for: slider.id }, `${title} = `, shown),
    slider,
  );
}
