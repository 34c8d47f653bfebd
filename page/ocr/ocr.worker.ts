/**
 * Reads pictures of text, with a device of its own. A worker is not under the page's content security
 * policy but under that of its own response: ONNX Runtime Web compiles WebAssembly, and the lines are
 * drawn in fonts that the page does not need.
 */
import { readBatch } from '../../bench/ocr/batch';
import { type Character, decodePicks } from '../../bench/ocr/decode';
import { KEYS } from '../../bench/ocr/model';
import { createReader, type Reader, type Recognized } from '../../bench/ocr/reader';
import {
  FONTS,
  type Images,
  imagesOf,
  lineOf,
  pictureOf,
  renderLines,
} from '../../bench/ocr/render';
import { createEngine } from '../../src/index';
import { answerCalls } from '../remote';

/** Classes kept of each step. */
const PICKS = 5;

/** What the model made of a line. */
export interface Recognition {
  /** The line as the model sees it. */
  readonly picture: ImageData;
  readonly provider: Reader['provider'];
  readonly steps: number;
  readonly classes: number;
  /** Of the model, without its softmax. */
  readonly milliseconds: number;
}

/** What its logits spell at a temperature. */
export interface Reading {
  readonly characters: readonly Character[];
  /** Of the picks: upload where the logits are on the host, top-5, and read-back. */
  readonly milliseconds: number;
}

let reader: Promise<Reader> | undefined;
/** The last line's, for other temperatures. */
let last: Recognized | undefined;

/** Draws a line and recognises it. */
export const recognizeText = (text: string): Promise<Recognition> =>
  recognize(() => renderLines([text], { font: FONTS[0], pixels: 34 }));

/** Recognises a picture of a line. */
export const recognizePicture = (picture: ImageBitmap): Promise<Recognition> =>
  recognize(async () => imagesOf([lineOf(picture)]));

async function recognize(make: () => Promise<Images>): Promise<Recognition> {
  const images = await make();
  reader ??= createEngine().then(createReader);
  const { recognize: run, provider } = await reader;
  const start = performance.now();
  const logits = await run(images);
  const milliseconds = performance.now() - start;
  await last?.release();
  last = logits;
  const [, steps, classes] = logits.shape;
  return { picture: pictureOf(images), provider, steps, classes, milliseconds };
}

/** The last line's characters. */
export async function readAt(temperature: number): Promise<Reading> {
  const [lines, steps] = last!.shape;
  const { values, indices, milliseconds } = await last!.picks(PICKS, temperature);
  const [characters = []] = decodePicks(values, indices, [lines, steps, PICKS], KEYS);
  return { characters, milliseconds };
}

/** Reads lines of the benchmark's batch, with the runtime's own softmax and with this library. */
export const readLines = async (count: number) =>
  readBatch(await createEngine(), (message, done) => reportProgress(message, done, count), count);

answerCalls({ recognizeText, recognizePicture, readAt, readLines });
