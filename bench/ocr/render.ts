import serifUrl from '@fontsource/lora/files/lora-latin-400-normal.woff2?url';
import sansUrl from '@fontsource/roboto/files/roboto-latin-400-normal.woff2?url';
import chineseUrl from '@fontsource/zcool-xiaowei/files/zcool-xiaowei-chinese-simplified-400-normal.woff2?url';
import latinUrl from '@fontsource/zcool-xiaowei/files/zcool-xiaowei-latin-400-normal.woff2?url';
import { fetchFile } from '../files';

/** Images as the recogniser takes them: `[lines, 3, HEIGHT, width]`, channels blue, green, red. */
export interface Images {
  data: Float32Array;
  shape: [lines: number, channels: 3, height: number, width: number];
}

/** The image height in pixels that PP-OCRv4 was trained on. */
const HEIGHT = 48;
/** The recogniser answers one time step for every 8 columns. */
const STEP = 8;
const MARGIN = 3;

/** The fonts that come with the bench; the first alone has Chinese. */
export const FONTS = ['bench-ocr', 'bench-ocr-sans', 'bench-ocr-serif'] as const;

/** How a line is drawn. */
export interface Style {
  readonly font: (typeof FONTS)[number];
  readonly pixels: number;
}

const PLAIN: Style = { font: 'bench-ocr', pixels: 34 };
const FACES: readonly [font: Style['font'], url: string, unicodeRange?: string][] = [
  ['bench-ocr', latinUrl, 'U+0-FF'],
  ['bench-ocr', chineseUrl, 'U+3000-FFEF'],
  ['bench-ocr-sans', sansUrl],
  ['bench-ocr-serif', serifUrl],
];

/**
 * Renders each text as one line, black on white, and normalises it as PaddleOCR does:
 * `(x/255 − 0.5) / 0.5`, channels in the order blue, green, red, shorter lines padded on the right
 * with zeros to the width of the longest.
 *
 * The font comes with the bench, not from the machine.
 *
 * @throws Error if a font cannot be had, see `fetchFile`; DOMException if it is none
 */
export async function renderLines(texts: readonly string[], style: Style = PLAIN): Promise<Images> {
  await loadFonts();
  return imagesOf(
    texts.map((text) => {
      const width = measure(text, style);
      return { pixels: draw(text, width, style), width };
    }),
  );
}

/** A picture of a line, scaled to the height that the recogniser takes. */
export function lineOf(picture: ImageBitmap): Line {
  const width = Math.max(STEP, Math.round((picture.width * HEIGHT) / picture.height));
  const canvas = context(width, PLAIN);
  canvas.drawImage(picture, 0, 0, width, HEIGHT);
  return { pixels: canvas.getImageData(0, 0, width, HEIGHT).data, width };
}

/** A line's pixels, RGBA, HEIGHT high. */
export interface Line {
  readonly pixels: Uint8ClampedArray;
  readonly width: number;
}

/** Lines as one batch, the shorter ones padded. */
export function imagesOf(lines: readonly Line[]): Images {
  const width = Math.ceil(Math.max(...lines.map((line) => line.width)) / STEP) * STEP;
  const plane = HEIGHT * width;
  const data = new Float32Array(lines.length * 3 * plane);
  lines.forEach(({ pixels, width: lineWidth }, line) => {
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < lineWidth; x++) {
        for (let channel = 0; channel < 3; channel++) {
          const byte = pixels[(y * lineWidth + x) * 4 + (2 - channel)]!;
          data[(line * 3 + channel) * plane + y * width + x] = (byte / 255 - 0.5) / 0.5;
        }
      }
    }
  });
  return { data, shape: [lines.length, 3, HEIGHT, width] };
}

/** A batch's first line as the recogniser takes it, to be looked at. */
export function pictureOf({ data, shape: [, , height, width] }: Images): ImageData {
  const picture = new ImageData(width, height);
  const plane = height * width;
  for (let i = 0; i < plane; i++) {
    const [blue, green, red] = [0, 1, 2].map((channel) => data[channel * plane + i]!);
    picture.data.set([...[red!, green!, blue!].map((v) => 127.5 * (v + 1)), 255], 4 * i);
  }
  return picture;
}

/** Once is enough; what failed is tried again. */
let loaded = false;

async function loadFonts(): Promise<void> {
  if (loaded) return;
  // Those of a page, or of a worker.
  const { fonts } = globalThis.document ?? (globalThis as unknown as FontFaceSource);
  const faces = FACES.map(async ([font, url, unicodeRange]) => {
    const face = new FontFace(font, await fetchFile(url), unicodeRange ? { unicodeRange } : {});
    return face.load();
  });
  for (const face of await Promise.all(faces)) fonts.add(face);
  loaded = true;
}

/** The width of a line's image in pixels, margins included. */
function measure(text: string, style: Style): number {
  return Math.ceil(context(1, style).measureText(text).width) + 2 * MARGIN;
}

/** The line's pixels, RGBA. */
function draw(text: string, width: number, style: Style): Uint8ClampedArray {
  const canvas = context(width, style);
  canvas.fillStyle = 'white';
  canvas.fillRect(0, 0, width, HEIGHT);
  canvas.fillStyle = 'black';
  canvas.fillText(text, MARGIN, HEIGHT / 2);
  return canvas.getImageData(0, 0, width, HEIGHT).data;
}

function context(width: number, { font, pixels }: Style): OffscreenCanvasRenderingContext2D {
  // `willReadFrequently` keeps the canvas in memory: glyphs are drawn by the CPU on every machine.
  const canvas = new OffscreenCanvas(width, HEIGHT).getContext('2d', { willReadFrequently: true });
  if (!canvas) throw new Error('renderLines: this browser has no 2D canvas');
  canvas.font = `${pixels}px ${font}`;
  canvas.textBaseline = 'middle';
  // Without hinting, whose strength is a setting of the machine.
  canvas.textRendering = 'geometricPrecision';
  return canvas;
}
