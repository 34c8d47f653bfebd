/** The tab where a language model writes on from the visitor's words. */
import type { Engine } from '../../src/index';
import { create, say } from '../dom';
import { importLibrary } from '../engine';
import { changeQuery } from '../location';
import { createForm } from './form';
import { loadModel } from './load';
import { writeSettings } from './settings';
import { candidateTable, createFacts } from './views';
import { type Step, Writer } from './writer';

/** Words after which it pauses. */
const MOST_WORDS = 200;

/** Fills the section; the model is fetched when something first needs it. */
export function mountWrite(root: HTMLElement, engine: Engine): void {
  const form = createForm((settings) => {
    changeQuery((query) => writeSettings(settings, query));
    if (!writer) return;
    begin(writer);
    if (wanted === 'nothing') want('look');
  });
  const status = create('p', { id: 'write-status', role: 'status' });
  const given = create('span', { class: 'given' });
  const written = create('span');
  const facts = createFacts();
  const candidates = create('div', { id: 'write-candidates' });
  const card = create(
    'div',
    { class: 'card', hidden: '' },
    create('p', { id: 'write-text' }, given, written),
    facts.element,
    candidates,
  );
  root.append(
    create('h2', { id: 'write-heading' }, 'Write'),
    create(
      'p',
      {},
      'A language model of 72,547 words writes on from yours. The processor makes a row of logits for ' +
        'each next word; this library cuts it and draws from it on your GPU, and what is read back is the word, with ' +
        'the candidates that are shown. The model, 4.4 MB, is loaded at the first use. The address of ' +
        'this page has your words, the seed and the sliders: whoever opens it reads the same text.',
    ),
    form.element,
    status,
    card,
  );

  let writer: Writer | undefined;
  /** What is to be done: look at the next word, write it, or write on. */
  let wanted: 'nothing' | 'look' | 'word' | 'words' = 'nothing';
  let working = false;
  /** Of the words since it was asked to write: when, and how many. */
  let [since, words] = [0, 0];

  function want(what: typeof wanted): void {
    wanted = what;
    [since, words] = [performance.now(), 0];
    form.run.textContent = what === 'words' ? 'Pause' : 'Write';
    form.run.dataset.running = String(what === 'words');
    void work();
  }

  /** Does what is wanted, until nothing is. */
  async function work(): Promise<void> {
    if (working) return;
    working = true;
    try {
      writer ??= await open();
      while (wanted !== 'nothing') await step(writer);
    } catch (error) {
      want('nothing');
      say(status, `✗ ${(error as Error).message}`, 'bad');
    } finally {
      working = false;
    }
  }

  async function open(): Promise<Writer> {
    say(status, 'Loading the language model …');
    const [library, model] = await Promise.all([importLibrary(), loadModel()]);
    const made = new Writer(library, engine, model);
    begin(made);
    card.hidden = false;
    since = performance.now();
    return made;
  }

  /** Begins anew after the visitor's words. */
  function begin(by: Writer): void {
    const { known, unknown } = by.vocabulary.read(form.settings().words);
    by.restart(known);
    form.tellUnknown(unknown);
    given.textContent = by.vocabulary.written(known, []);
    written.textContent = '';
    facts.show({ count: 0 });
  }

  /** Looks at the next word, and writes it if that is wanted. */
  async function step(by: Writer): Promise<void> {
    const settings = form.settings();
    const next = await by.look(settings);
    // Else the visitor has changed something meanwhile, and the text has begun anew.
    if (settings !== form.settings()) return;
    show(by, next);
    if (wanted === 'nothing') return;
    if (wanted === 'look') return pause('This may come next; ✓ is what the seed draws.');
    written.textContent += by.vocabulary.written([next.drawn], by.written);
    by.add(next);
    words++;
    facts.show({ count: by.drawn, speed: (1000 * words) / (performance.now() - since) });
    if (wanted === 'word') pause('One word more.');
    else if (words === MOST_WORDS) pause(`Paused after ${MOST_WORDS} words more.`);
    else if (words === 1) say(status, 'Writing …');
  }

  function pause(text: string): void {
    want('nothing');
    say(status, text);
  }

  function show(by: Writer, next: Step): void {
    facts.show({ count: by.drawn, kept: next.kept, bytes: next.bytes, row: 4 * by.words });
    candidates.replaceChildren(candidateTable(next, by.words, (word) => by.vocabulary.shown(word)));
  }

  form.element.addEventListener('submit', (event) => {
    event.preventDefault();
    if (wanted === 'words') pause('Paused.');
    else want('words');
  });
  form.step.addEventListener('click', () => want('word'));
}
