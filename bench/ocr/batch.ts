/** Hundreds of lines in several fonts and sizes: accuracy and speed with the runtime's own softmax and with this library's top-k. */
import type { Engine } from '../../src';
import { decodePicks, distance, greedyCtc } from './decode';
import { batchLines } from './lines';
import { KEYS } from './model';
import { createReader } from './reader';
import { FONTS, renderLines, type Style } from './render';

/** Lines of a batch: 8 of each font and size at a time. */
const LINES = 216;
const GROUP = 12;
const PIXELS = [26, 30, 34] as const;
/** Classes kept of each time step. */
const PICKS = 5;

export interface BatchResult {
  /** The runtime's: 'webgpu' leaves logits on the GPU. */
  readonly provider: 'wasm' | 'webgpu';
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
    /** Upload where logits are on the host, top-5 with their probabilities, read-back. */
    readonly topK: number;
  };
}

/** Lines of one style, drawn and recognised together. */
interface Group {
  readonly style: Style;
  readonly texts: string[];
}

function groupsOf(lines: number): Group[] {
  const groups: Group[] = [];
  batchLines(lines).forEach(({ text, chinese }, i) => {
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
  engine: Engine,
  onProgress: (message: string, done: number) => void = () => {},
  count = LINES,
): Promise<BatchResult> {
  const reader = await createReader(engine);
  const milliseconds = { recognize: 0, softmax: 0, topK: 0 };
  const edits = { unmodified: 0, ours: 0 };
  const different: string[] = [];
  const confidences: number[] = [];
  const groups = groupsOf(count);
  let length = 0;
  let read = 0;
  let sameModel = true;
  try {
    for (const [g, { style, texts }] of groups.entries()) {
      onProgress(`reading line ${read + 1} of ${count}`, read);
      const images = await renderLines(texts, style);
      const start = performance.now();
      const logits = await reader.recognize(images);
      milliseconds.recognize += performance.now() - start;
      // Once before each: memory is made and shaders are compiled at the first run.
      await logits.own();
      await logits.picks(PICKS);
      const before = await logits.own();
      const after = await logits.picks(PICKS);
      milliseconds.softmax += before.milliseconds;
      milliseconds.topK += after.milliseconds;
      await logits.release();
      if (g === 0) {
        const whole = await reader.unmodified(images);
        sameModel = whole.every((p, i) => Math.abs(p - before.data[i]!) <= 1e-6);
      }

      const { shape } = logits;
      const theirs = greedyCtc(before.data, shape, KEYS);
      const ours = decodePicks(after.values, after.indices, [shape[0], shape[1], PICKS], KEYS);
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
    await reader.release();
  }
  const accuracy = (count: number) => 1 - count / length;
  return {
    provider: reader.provider,
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
