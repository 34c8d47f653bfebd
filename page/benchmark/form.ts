/** The choices of a run, as a form. */
import { opNames } from '../../bench/ops';
import { parseShape, SHAPE_HELP, shapeId } from '../../bench/shapes';
import { floatDTypes } from '../../src/gpu/region';
import { create } from '../dom';
import { type Asked, peerNames, presetNames, presets, type Settings } from './settings';

/** How each group of boxes is called in the form. */
type Group = 'ops' | 'dtypes' | 'presets' | 'peers';

export class SettingsForm {
  readonly element = create('form', { class: 'choices', autocomplete: 'off' });
  private readonly own = create('input', {
    type: 'text',
    id: 'own-shapes',
    spellcheck: 'false',
    placeholder: '4096x1000, 1000x4096@0',
    'aria-describedby': 'own-shapes-error',
  });
  private readonly ownError = create('p', {
    class: 'error',
    id: 'own-shapes-error',
    role: 'alert',
  });

  /** @param onChange called after the visitor changed something. */
  constructor(onChange: () => void) {
    this.element.append(
      this.boxes('ops', 'Operations', opNames),
      this.boxes(
        'presets',
        'Shapes',
        presetNames,
        (name) => presets[name].title,
        (name) => presets[name].hint,
      ),
      create(
        'div',
        { class: 'field' },
        create('label', { for: 'own-shapes' }, 'Shapes of your own'),
        this.own,
        create('p', { class: 'hint' }, `Commas between; ${SHAPE_HELP}.`),
        this.ownError,
      ),
      this.boxes('dtypes', 'Stored as', floatDTypes),
      this.boxes('peers', 'Other libraries (loaded only when asked for: up to 26 MB)', peerNames),
      create(
        'fieldset',
        {},
        create('legend', {}, 'How'),
        ...this.option('radio', 'mode', 'quick', 'quick', '5 samples of each'),
        ...this.option('radio', 'mode', 'thorough', 'thorough', 'more shapes, 15 samples of each'),
        ...this.option(
          'checkbox',
          'variants',
          'yes',
          'every variant',
          'beside the planner’s choice',
        ),
      ),
    );
    this.element.addEventListener('input', onChange);
    this.element.addEventListener('submit', (event) => event.preventDefault());
  }

  /** Puts the boxes as the settings say. */
  write(settings: Settings): void {
    const groups: Record<Group, readonly string[]> = settings;
    for (const name of ['ops', 'dtypes', 'presets', 'peers'] as const) {
      for (const box of this.inputs(name)) box.checked = groups[name].includes(box.value);
    }
    for (const radio of this.inputs('mode')) {
      radio.checked = radio.value === (settings.thorough ? 'thorough' : 'quick');
    }
    this.inputs('variants')[0]!.checked = settings.variants;
    this.own.value = settings.own.map(shapeId).join(', ');
  }

  /** What the boxes say; a shape that is none is left out, and said to be wrong. */
  read(): Asked {
    const chosen = <T extends string>(name: string) =>
      this.inputs(name)
        .filter((box) => box.checked)
        .map((box) => box.value as T);
    const words = this.own.value.split(/[,;\s]+/).filter((word) => word !== '');
    const problems = words
      .filter((word) => !parseShape(word))
      .map((word) => `Expected ${SHAPE_HELP}, got “${word}”.`);
    this.ownError.textContent = problems[0] ?? '';
    this.own.setAttribute('aria-invalid', String(problems.length > 0));
    const settings: Settings = {
      ops: chosen('ops'),
      dtypes: chosen('dtypes'),
      presets: chosen('presets'),
      own: words.flatMap((word) => parseShape(word) ?? []),
      peers: chosen('peers'),
      variants: chosen('variants').length > 0,
      thorough: chosen('mode')[0] === 'thorough',
    };
    return { settings, problems };
  }

  set disabled(disabled: boolean) {
    for (const input of this.element.querySelectorAll('input')) input.disabled = disabled;
  }

  private inputs(name: string): HTMLInputElement[] {
    return [...this.element.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
  }

  private boxes<T extends string>(
    name: Group,
    title: string,
    values: readonly T[],
    labelOf: (value: T) => string = (value) => value,
    hintOf: (value: T) => string = () => '',
  ): HTMLFieldSetElement {
    const boxes = values.flatMap((value) =>
      this.option('checkbox', name, value, labelOf(value), hintOf(value)),
    );
    return create('fieldset', { class: name }, create('legend', {}, title), ...boxes);
  }

  private option(
    type: 'checkbox' | 'radio',
    name: string,
    value: string,
    label: string,
    hint: string,
  ): HTMLElement[] {
    const input = create('input', { type, name, value });
    const words = hint ? [create('span', { class: 'hint' }, hint)] : [];
    return [create('label', { class: 'box' }, input, create('span', {}, label), ...words)];
  }
}
