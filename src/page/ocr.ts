/** The page's text recognition: a line is drawn or dropped, read by a model, and its characters' confidences shown. */
import { decodePicks } from '../../bench/ocr/decode';
import { KEYS } from '../../bench/ocr/model';
import { createReader, type Reader, type Recognized } from '../../bench/ocr/reader';
import {
  FONTS,
  type Images,
  imagesOf,
  type Line,
  lineOf,
  renderLines,
} from '../../bench/ocr/render';
import { createSoftmax, type Softmax } from '../index';
import { create } from './dom';

/** Classes shown of each character. */
const PICKS = 5;

/** Below this a character is marked. */
const UNSURE = 0.9;

/**
 * Puts the text recognition into an element. The model, 11 MB, is fetched at the first reading.
 *
 * @param engine on what to pick; default: one of its own.
 */
export function mountOcr(root: HTMLElement, engine: Promise<Softmax> = createSoftmax()): void {
  const text = create('input', { value: 'The quick brown fox, 1 284 times', maxlength: '60' });
  const read = create('button', { type: 'button' }, 'Read the line');
  const file = create('input', { type: 'file', accept: 'image/*' });
  const temperature = create('input', {
    type: 'range',
    min: '0.25',
    max: '4',
    step: '0.05',
    value: '1',
  });
  const shown = create('output', {}, '1.00');
  const status = create('p', { role: 'status' });
  const result = create('p', { class: 'ocr-text', lang: 'mul' });
  const table = create('table', {});
  root.replaceChildren(
    create('p', {}, create('label', {}, 'A line of text ', text), ' ', read),
    create('p', {}, create('label', {}, 'or a picture of one (or drop it here) ', file)),
    create('p', {}, create('label', {}, 'Temperature ', temperature), ' ', shown),
    status,
    result,
    table,
  );

  let reader: Promise<Reader> | undefined;
  let last: { logits: Recognized; milliseconds: number } | undefined;

  /** What the model makes of an image, kept for other temperatures. */
  async function recognize(make: () => Promise<Images>) {
    status.textContent = 'Loading the recogniser …';
    reader ??= engine.then(createReader);
    const { recognize: read } = await reader;
    const images = await make();
    status.textContent = 'Reading …';
    const start = performance.now();
    const logits = await read(images);
    await last?.logits.release();
    last = { logits, milliseconds: performance.now() - start };
    await show();
  }

  /** Picks the likeliest classes of each step on the GPU, and shows what they spell. */
  async function show(): Promise<void> {
    shown.textContent = Number(temperature.value).toFixed(2);
    if (!last) return;
    const { logits, milliseconds } = last;
    const [lines, time, classes] = logits.shape;
    const picks = await logits.picks(PICKS, Number(temperature.value));
    const shape = [lines, time, PICKS] as const;
    const [characters = []] = decodePicks(picks.values, picks.indices, shape, KEYS);
    result.replaceChildren(
      ...characters.map(({ text: character, confidence }) => {
        const percent = `${(100 * confidence).toFixed(1)} %`;
        const mark = confidence < UNSURE ? 'mark' : 'span';
        return create(mark, { title: percent }, character);
      }),
    );
    const head = create('tr', {}, create('th', {}, 'read'), create('th', {}, 'confidence'));
    head.append(create('th', { colspan: String(PICKS - 1) }, 'or'));
    const rows = characters.map(({ text: character, confidence, others }) =>
      create(
        'tr',
        {},
        create('td', {}, character),
        create('td', { class: 'number' }, `${(100 * confidence).toFixed(2)} %`),
        ...others.map(({ text: other, probability }) =>
          create('td', {}, `${other || '(none)'} ${(100 * probability).toFixed(2)} %`),
        ),
      ),
    );
    table.replaceChildren(head, ...rows);
    status.textContent =
      `${time} steps of ${classes} classes: recognised in ${milliseconds.toFixed(0)} ms, ` +
      `the ${PICKS} likeliest of each in ${picks.milliseconds.toFixed(1)} ms`;
  }

  const told = (work: Promise<void>) =>
    work.catch((error: Error) => {
      status.textContent = `It failed: ${error.message}`;
    });
  const ofPicture = async (blob: Blob): Promise<Line> => lineOf(await createImageBitmap(blob));

  read.addEventListener('click', () => {
    const style = { font: FONTS[0], pixels: 34 };
    void told(recognize(() => renderLines([text.value || ' '], style)));
  });
  file.addEventListener('change', () => {
    const [picture] = file.files ?? [];
    if (picture) void told(recognize(async () => imagesOf([await ofPicture(picture)])));
  });
  root.addEventListener('dragover', (event) => event.preventDefault());
  root.addEventListener('drop', (event) => {
    event.preventDefault();
    const picture = event.dataTransfer?.files[0];
    if (picture) void told(recognize(async () => imagesOf([await ofPicture(picture)])));
  });
  temperature.addEventListener('input', () => void told(show()));
}
