/** A picture of a line of text, as a visitor might have one. */
import { pictureOf, renderLines } from '../../bench/ocr/render';

/** @returns the picture as a `data:` address of a PNG. */
export async function drawLine(text: string): Promise<string> {
  const line = pictureOf(await renderLines([text], { font: 'bench-ocr-sans', pixels: 34 }));
  const canvas = document.createElement('canvas');
  // Of another size than the model takes.
  [canvas.width, canvas.height] = [2 * line.width, 2 * line.height];
  const context = canvas.getContext('2d')!;
  context.drawImage(await createImageBitmap(line), 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png');
}
