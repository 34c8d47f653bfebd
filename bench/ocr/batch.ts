/** Hundreds of lines in several fonts and sizes: accuracy and speed with the runtime's own softmax and with this library's top-k. */
import type { Softmax } from '../../src';
import { decodePicks, distance, greedyCtc } from './decode';
import { batchLines } from './lines';
import { createRecognizer } from './recognizer';
import { FONTS, renderLines, type Style } from './render';

/** Lines of a batch: 8 of each font and size at a time. */
const LINES = 216;
const GROUP = 12;
const PIXELS = [26, 30, 34] as const;
/** Classes kept of each time step. */
const PICKS = 5;

export interface BatchResult {
  readonly lines: number;
  readonly styles: number;
  /** Share of characters read right, as edits: 1 − edit distance / length, over all lines. */
  readonly accuracy: { readonly unmodified: number; readonly ours: number };
  /** Lines that the two read differently. */
  readonly different: readonly string[];
  /** Whether the model as it is gives the runtime's softmax of these logits, on the first group. */
  readonly sameModel: boolean;
  /** Of all characters: the least and the mean of their confidences. */
  readonly confidence: { readonly least: number; readonly mean: number };
  /** Wall clock, of all lines. */
  readonly milliseconds: {
    readonly recognize: number;
    /** The runtime's own, of the whole distribution. */
    readonly softmax: number;
    /** Upload, top-5 with their probabilities, read-back. */
    readonly topK: number;
  };
}

/** Lines of one style, drawn and recognised together. */
interface Group {
  readonly style: Style;
  readonly texts: string[];
}

function groupsOf(): Group[] {
  const groups: Group[] = [];
  batchLines(LINES).forEach(({ text, chinese }, i) => {
    const font = chinese ? FONTS[0] : FONTS[i % FONTS.length]!;
    const pixels = PIXELS[Math.floor(i / FONTS.length) % PIXELS.length]!;
    const open = groups.find(
      ({ style, texts }) => style.font === font && style.pixels === pixels && texts.length < GROUP,
    );
    if (open) open.texts.push(text);
    else groups.push({ style: { font, pixels }, texts: [text] });
  });
  return groups;
}

/**
 * Reads the lines of the batch twice: from the whole distribution of the runtime's own softmax, and
 * from this library's top-5.
 *
 * @throws Error if the model or a font cannot be loaded; the signal's reason when it is aborted
 */
export async function readBatch(
  sm: Softmax,
  onProgress: (message: string) => void = () => {},
): Promise<BatchResult> {
  const recognizer = await createRecognizer();
  const { keys } = recognizer;
  const milliseconds = { recognize: 0, softmax: 0, topK: 0 };
  const edits = { unmodified: 0, ours: 0 };
  const different: string[] = [];
  const confidences: number[] = [];
  const groups = groupsOf();
  let length = 0;
  let read = 0;
  let sameModel = true;
  try {
    for (const [g, { style, texts }] of groups.entries()) {
      onProgress(`reading line ${read + 1} of ${LINES}`);
      const images = await renderLines(texts, style);
      const start = performance.now();
      const logits = await recognizer.logits(images);
      milliseconds.recognize += performance.now() - start;
      const { data, shape } = logits;

      const own = await recognizer.softmax(shape);
      // Once before: memory and code are made at the first run.
      await own.run(data);
      const before = await own.run(data);
      milliseconds.softmax += before.milliseconds;
      await own.release();
      if (g === 0) {
        const whole = await recognizer.probabilities(images);
        sameModel = whole.every((p, i) => Math.abs(p - before.data[i]!) <= 1e-6);
      }

      const pick = async () => {
        using x = sm.tensor(data, shape);
        const { values, indices } = sm.topK(x, PICKS, { values: 'probabilities' });
        const found = await Promise.all([values.read(), indices.read()]);
        values.destroy();
        indices.destroy();
        return found;
      };
      // Shaders are compiled at the first.
      if (g === 0) await pick();
      const from = performance.now();
      const [values, indices] = await pick();
      milliseconds.topK += performance.now() - from;

      const theirs = greedyCtc(before.data, shape, keys);
      const ours = decodePicks(values, indices, [shape[0], shape[1], PICKS], keys);
      texts.forEach((expected, i) => {
        const text = ours[i]!.map((character) => character.text).join('');
        if (text !== theirs[i]!.text) different.push(`'${theirs[i]!.text}', and '${text}'`);
        edits.unmodified += distance(expected, theirs[i]!.text);
        edits.ours += distance(expected, text);
        length += [...expected].length;
        confidences.push(...ours[i]!.map(({ confidence }) => confidence));
      });
      read += texts.length;
    }
  } finally {
    await recognizer.release();
  }
  const accuracy = (count: number) => 1 - count / length;
  return {
    lines: read,
    styles: new Set(groups.map(({ style }) => `${style.font} ${style.pixels}`)).size,
    accuracy: { unmodified: accuracy(edits.unmodified), ours: accuracy(edits.ours) },
    different,
    sameModel,
    confidence: {
      least: confidences.reduce((a, b) => Math.min(a, b), 1),
      mean: confidences.reduce((a, b) => a + b, 0) / confidences.length,
    },
    milliseconds,
  };
}
