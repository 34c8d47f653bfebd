/** The tab that reads text: a line is typed or dropped, and every character shown with its confidence. */
import { create, say } from '../dom';
import type { Remote } from '../remote';
import { mountBatch } from './batch';
import type { Reading, Recognition, readAt, recognizePicture, recognizeText } from './ocr.worker';
import { openReader } from './reader';
import { characterTable, textOf } from './views';

/** Fills the section; the model and its runtime are fetched at the first reading. */
export function mountOcr(root: HTMLElement): void {
  const text = create('input', {
    ...{ id: 'ocr-line', type: 'text', maxlength: '60', spellcheck: 'false' },
    value: 'The quick brown fox, 1 284 times',
  });
  const read = create('button', { id: 'ocr-read', class: 'primary' }, 'Read the line');
  const file = create('input', { type: 'file', id: 'ocr-file', accept: 'image/*' });
  const temperature = create('input', {
    ...{ id: 'ocr-temperature', type: 'range', min: '0.25', max: '4', step: '0.05', value: '1' },
  });
  const shown = create('output', { for: 'ocr-temperature' }, '1.00');
  const status = create('p', { id: 'ocr-status', role: 'status' });
  const picture = create('canvas', { role: 'img', 'aria-label': 'The line as the model sees it' });
  const spelled = create('p', { class: 'ocr-text', lang: 'mul' });
  const characters = create('div');
  const found = create(
    'div',
    { class: 'card', hidden: '' },
    create('h3', {}, 'What is read'),
    picture,
    spelled,
    characters,
  );
  const form = create(
    'form',
    { class: 'card ocr-form', autocomplete: 'off' },
    create('div', { class: 'field' }, create('label', { for: text.id }, 'A line of text'), text),
    read,
    create(
      'div',
      { class: 'field' },
      create('label', { for: file.id }, 'or a picture of one, which can be dropped here too'),
      file,
    ),
    create(
      'div',
      { class: 'field' },
      create('label', { for: temperature.id }, 'Temperature of the softmax = ', shown),
      temperature,
    ),
  );
  root.append(
    create('h2', { id: 'ocr-heading' }, 'Read text'),
    create(
      'p',
      {},
      'A recogniser, PP-OCRv4 on ONNX Runtime Web, makes 6,625 logits of every 8 columns of a line; this ' +
        'library takes the five likeliest classes of each from them, with their probabilities. The model ' +
        'and its runtime, up to 40 MB, are loaded at the first reading; no picture leaves this browser.',
    ),
    form,
    status,
    found,
  );
  mountBatch(root);

  let reader: Remote | undefined;
  let recognition: Recognition | undefined;
  /** Whether a call is on its way: the reader takes one at a time. */
  let busy = false;

  function showReading({ characters: all, milliseconds }: Reading, of: Recognition): void {
    spelled.replaceChildren(...textOf(all));
    characters.replaceChildren(characterTable(all));
    say(
      status,
      `${of.steps} steps of ${of.classes} classes: recognised in ${of.milliseconds.toFixed(0)} ms ` +
        `(${of.provider} provider), the five likeliest of each in ${milliseconds.toFixed(1)} ms.`,
    );
  }

  /** The likeliest characters at the slider's temperature, until it rests. */
  async function pick(of: Recognition): Promise<void> {
    let at: string;
    do {
      at = temperature.value;
      showReading(await reader!.call<typeof readAt>('readAt', [Number(at)]), of);
    } while (at !== temperature.value);
  }

  async function whileBusy(work: () => Promise<void>): Promise<void> {
    if (busy) return;
    busy = true;
    try {
      await work();
    } catch (error) {
      say(status, `✗ ${(error as Error).message}`, 'bad');
      // What failed may have left its worker in any state.
      reader?.end();
      reader = undefined;
      recognition = undefined;
    } finally {
      busy = false;
    }
  }

  const recognize = (ask: (by: Remote) => Promise<Recognition>) =>
    whileBusy(async () => {
      say(status, recognition ? 'Reading …' : 'Loading the recogniser …');
      reader ??= openReader();
      recognition = await ask(reader);
      found.hidden = false;
      const { picture: seen } = recognition;
      [picture.width, picture.height] = [seen.width, seen.height];
      picture.getContext('2d')!.putImageData(seen, 0, 0);
      await pick(recognition);
    });
  async function recognizeFile(chosen: File | undefined): Promise<void> {
    if (!chosen) return;
    let line: ImageBitmap;
    try {
      line = await createImageBitmap(chosen);
    } catch {
      say(status, `✗ ${chosen.name} is no picture that this browser knows.`, 'bad');
      return;
    }
    await recognize((by) => by.call<typeof recognizePicture>('recognizePicture', [line]));
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const line = text.value.trim() || ' ';
    void recognize((by) => by.call<typeof recognizeText>('recognizeText', [line]));
  });
  file.addEventListener('change', () => void recognizeFile(file.files?.[0]));
  root.addEventListener('dragover', (event) => event.preventDefault());
  root.addEventListener('drop', (event) => {
    event.preventDefault();
    void recognizeFile(event.dataTransfer?.files[0]);
  });
  temperature.addEventListener('input', () => {
    shown.value = Number(temperature.value).toFixed(2);
    const of = recognition;
    if (of) void whileBusy(() => pick(of));
  });
}
