import { greedyCtc } from './decode';
import { LINES } from './lines';
import { createRecognizer, type Logits } from './recognizer';
import { renderLines } from './render';

/** A softmax over the last axis of `[lines, time, classes]` logits. */
export type Softmax = (logits: Float32Array, shape: Logits['shape']) => Promise<Float32Array>;

export interface Reading {
  expected: string;
  text: string;
  /** Mean probability of the characters read, 0 to 1. */
  confidence: number;
  exact: boolean;
}

export interface OcrResult {
  lines: Reading[];
  /** What the recogniser gave, and so what the softmax was run on. */
  logits: Logits;
  /** Wall-clock milliseconds of each step. */
  milliseconds: {
    load: number;
    render: number;
    recognize: number;
    softmax: number;
    decode: number;
  };
}

/**
 * Renders the bench's lines of text, has them recognised into logits, turns those into probabilities
 * with the given softmax, and decodes the text. Runs in a page.
 *
 * @param softmax what to test: gets the logits of all lines at once
 * @param onProgress told what is about to be done
 * @throws Error if the model or the font cannot be loaded; whatever `softmax` throws
 */
export async function readLines(
  softmax: Softmax,
  onProgress: (step: string) => void = () => {},
): Promise<OcrResult> {
  const milliseconds = { load: 0, render: 0, recognize: 0, softmax: 0, decode: 0 };
  async function timed<T>(
    step: keyof typeof milliseconds,
    message: string,
    work: () => T | Promise<T>,
  ): Promise<T> {
    onProgress(message);
    const start = performance.now();
    const result = await work();
    milliseconds[step] = performance.now() - start;
    return result;
  }

  const recognizer = await timed('load', 'loading the PP-OCRv4 recogniser', createRecognizer);
  try {
    const images = await timed('render', `rendering ${LINES.length} lines of text`, () =>
      renderLines(LINES),
    );
    const logits = await timed('recognize', `recognising images [${images.shape.join(', ')}]`, () =>
      recognizer.logits(images),
    );
    const probabilities = await timed('softmax', `softmax of [${logits.shape.join(', ')}]`, () =>
      softmax(logits.data, logits.shape),
    );
    const decoded = await timed('decode', 'decoding', () =>
      greedyCtc(probabilities, logits.shape, recognizer.keys),
    );
    const lines = decoded.map(({ text, confidence }, i) => {
      const expected = LINES[i]!;
      return { expected, text, confidence, exact: text === expected };
    });
    return { lines, logits, milliseconds };
  } finally {
    await recognizer.release();
  }
}
