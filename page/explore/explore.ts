/** The section where a visitor types logits and sees what softmax and its family make of them. */
import type { Engine } from '../../src/index';
import { byId, create } from '../dom';
import { changeQuery } from '../location';
import { parseNumbers } from '../numbers';
import { type Evaluated, type Example, evaluate } from './example';
import { cardsOf, summarize } from './views';

const MOST_LOGITS = 12;

/** Gradients with respect to the probabilities p, for the one-hot target y. */
const upstreams = {
  entropy: 'of cross-entropy: −y / p',
  square: 'of mean square error: p − y',
  own: 'numbers of your own',
};
type Upstream = keyof typeof upstreams;

interface Preset {
  readonly name: string;
  readonly logits: string;
  readonly target: number;
  readonly upstream: Upstream;
  /** What is to be seen. */
  readonly note: string;
}

/** Worked examples from texts on softmax, with their slips mended. */
const presets: readonly Preset[] = [
  {
    name: '[2, 4, 2, 1]',
    logits: '2, 4, 2, 1',
    target: 1,
    upstream: 'entropy',
    note:
      'argmax would give [0, 1, 0, 0], dividing by the sum [0.2222, 0.4444, 0.2222, 0.1111]; softmax favours ' +
      'the largest and leaves something to all. Row i of the Jacobian has pᵢ (1 − pᵢ) on the diagonal and −pᵢ pⱼ elsewhere.',
  },
  {
    name: 'Cross-entropy upstream',
    logits: '2, 4, 2, 1',
    target: 0,
    upstream: 'entropy',
    note:
      'L = −Σ y log p, with the minus sign, so the upstream gradient is −y / p; pushed through softmax it ' +
      'becomes p − y, the same as the gradient of the loss. That needs Σ y = 1.',
  },
  {
    name: 'Mean square error',
    logits: '2, 4, 2, 1',
    target: 0,
    upstream: 'square',
    note: 'L = ½ Σ (p − y)², whose gradient with respect to p is p − y, without a factor of 2.',
  },
  {
    name: 'p = [0.1, 0.7, 0.2]',
    logits: '-2.3025851, -0.35667494, -1.6094379',
    target: 2,
    upstream: 'entropy',
    note:
      'A linear classifier with the input [2, 2, 2]: p − y = [0.1, 0.7, −0.8], and the gradient of its weights ' +
      'is one row (pⱼ − yⱼ) · x for each class, of which the last is [−1.6, −1.6, −1.6].',
  },
  {
    name: 'Where exp overflows',
    logits: '1000, 1002, 1000, 999',
    target: 1,
    upstream: 'entropy',
    note: 'exp(1000) is beyond f32. The maximum is taken off first: the result is that of [2, 4, 2, 1].',
  },
  {
    name: 'A masked class',
    logits: '2, 4, -inf, 1',
    target: 1,
    upstream: 'square',
    note: 'A logit of −∞ has probability 0 and log-probability −∞, and its gradients are 0.',
  },
];

/** How the controls stand in the address; what is not there is as in the first example. */
const inAddress = {
  logits: 'x',
  temperature: 't',
  target: 'c',
  upstream: 'g',
  own: 'own',
} as const;

/** Wires the controls to the GPU and shows the first example. */
export function mountExplore(_: HTMLElement, engine: Engine): void {
  const logits = byId('logits', HTMLInputElement);
  const temperature = byId('temperature', HTMLInputElement);
  const target = byId('target', HTMLSelectElement);
  const upstream = byId('upstream', HTMLSelectElement);
  const own = byId('own', HTMLInputElement);

  const showLatest = latestOnly(async (example: Example | undefined) => {
    if (example) show(await evaluate(engine, example));
    else setAgreement('Below is the last good result.', 'stale');
  });

  function update(): void {
    byId('temperature-value', HTMLOutputElement).value = Number(temperature.value).toFixed(1);
    byId('own-field', HTMLDivElement).hidden = upstream.value !== 'own';
    showLatest(readControls());
  }

  /** What the controls say; undefined, with a message beside the field, where they are wrong. */
  function readControls(): Example | undefined {
    const x = readNumbers(logits, 'logits');
    if (x) offerTargets(x.length);
    const g = upstream.value === 'own' ? readNumbers(own, 'numbers', x?.length) : undefined;
    if (!x || (upstream.value === 'own' && !g)) return undefined;
    const c = Number(target.value);
    const choices: Record<Upstream, Example['upstream']> = {
      entropy: (p) => p.map((pk, k) => (k === c ? -1 / pk : 0)),
      square: (p) => p.map((pk, k) => pk - Number(k === c)),
      own: () => g!,
    };
    return {
      logits: x,
      temperature: Number(temperature.value),
      target: c,
      upstream: choices[upstream.value as Upstream],
    };
  }

  /** One choice a class; the chosen one stays chosen while it exists. */
  function offerTargets(count: number): void {
    if (target.options.length === count) return;
    const chosen = Math.min(Math.max(0, target.selectedIndex), count - 1);
    target.replaceChildren(
      ...Array.from({ length: count }, (_, k) => create('option', { value: `${k}` }, `${k}`)),
    );
    target.selectedIndex = chosen;
  }

  function choose(preset: Preset): void {
    logits.value = preset.logits;
    temperature.value = '1';
    offerTargets(preset.logits.split(',').length);
    target.selectedIndex = preset.target;
    upstream.value = preset.upstream;
    byId('preset-note', HTMLParagraphElement).textContent = preset.note;
    update();
  }

  /** Puts the controls as a link says, as far as it says what they can be. */
  function readAddress(): void {
    const query = new URLSearchParams(location.search);
    const x = query.get(inAddress.logits);
    if (x === null) return;
    logits.value = x;
    byId('preset-note', HTMLParagraphElement).textContent = '';
    temperature.value = query.get(inAddress.temperature) ?? '1';
    const read = readNumbers(logits, 'logits');
    if (read) offerTargets(read.length);
    const g = query.get(inAddress.upstream) ?? '';
    if (g in upstreams) upstream.value = g;
    own.value = query.get(inAddress.own) ?? '';
    const c = Number(query.get(inAddress.target));
    if (c < target.options.length) target.selectedIndex = c;
    update();
  }

  function writeAddress(): void {
    const fields = { logits, temperature, target, upstream, own };
    changeQuery((query) => {
      for (const [name, field] of Object.entries(fields)) {
        const key = inAddress[name as keyof typeof fields];
        if (field === own && upstream.value !== 'own') query.delete(key);
        else query.set(key, field.value);
      }
    });
  }

  for (const [value, text] of Object.entries(upstreams)) {
    upstream.append(create('option', { value }, text));
  }
  for (const preset of presets) {
    const button = create('button', { type: 'button' }, preset.name);
    button.addEventListener('click', () => {
      choose(preset);
      writeAddress();
    });
    byId('presets', HTMLDivElement).append(button);
  }
  const controls = byId('controls', HTMLFormElement);
  upstream.addEventListener('input', () => {
    // Numbers of one's own start as a one and zeros: the VJP is then a row of the Jacobian.
    own.value = Array.from(target.options, (_, k) => Number(k === 0)).join(', ');
  });
  controls.addEventListener('input', ({ target: changed }) => {
    if (changed === logits) byId('preset-note', HTMLParagraphElement).textContent = '';
    update();
    writeAddress();
  });
  controls.addEventListener('submit', (event) => event.preventDefault());
  choose(presets[0]!);
  readAddress();
}

function show(evaluated: Evaluated): void {
  const { ok, text } = summarize(evaluated);
  setAgreement(text, ok ? 'good' : 'bad');
  byId('results', HTMLDivElement).replaceChildren(...cardsOf(evaluated));
}

/** Says what the results are worth; they are dimmed where they are not those of the controls. */
function setAgreement(text: string, kind: 'good' | 'bad' | 'stale'): void {
  const agreement = byId('agreement', HTMLParagraphElement);
  agreement.textContent = text;
  agreement.className = `verdict ${kind}`;
}

/** The numbers in a field, or undefined and a message beside it. */
function readNumbers(
  field: HTMLInputElement,
  what: string,
  count?: number,
): Float32Array<ArrayBuffer> | undefined {
  const error = byId(`${field.id}-error`, HTMLParagraphElement);
  const tell = (message: string) => {
    // The same message again is not announced again.
    if (error.textContent !== message) error.textContent = message;
    field.setAttribute('aria-invalid', String(message !== ''));
  };
  try {
    const numbers = parseNumbers(field.value, what, MOST_LOGITS);
    if (count !== undefined && numbers.length !== count) {
      throw new RangeError(`${numbers.length} ${what} for ${count} logits: give one for each.`);
    }
    tell('');
    return numbers;
  } catch (problem) {
    if (!(problem instanceof RangeError)) throw problem;
    tell(problem.message);
    return undefined;
  }
}

/** Does the work on a value now, or after the run under way if no later one has come by then. */
function latestOnly<T>(work: (value: T) => Promise<void>): (value: T) => Promise<void> {
  let running = false;
  let waiting: { value: T } | undefined;
  return async (value) => {
    waiting = { value };
    if (running) return;
    running = true;
    while (waiting) {
      const next: T = waiting.value;
      waiting = undefined;
      try {
        await work(next);
      } catch (error) {
        setAgreement(`✗ ${(error as Error).message}`, 'bad');
      }
    }
    running = false;
  };
}
