/** Pictures of a model: its weights, its confusions, and images that it gets wrong. */
import { CLASSES, type Images, PIXELS, SIDE } from '../../bench/train/images';
import { create } from '../dom';

type Colour = readonly [red: number, green: number, blue: number];

/** Against a class, neutral, and for it. */
const AGAINST: Colour = [217, 130, 43];
const NEUTRAL: Colour = [245, 245, 245];
const FOR: Colour = [29, 95, 209];

/** An image of a colour for each pixel. */
function picture(label: string, colourOf: (pixel: number) => Colour): HTMLCanvasElement {
  const canvas = create('canvas', {
    width: String(SIDE),
    height: String(SIDE),
    role: 'img',
    'aria-label': label,
  });
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(SIDE, SIDE);
  for (let i = 0; i < PIXELS; i++) image.data.set([...colourOf(i), 255], 4 * i);
  context.putImageData(image, 0, 0);
  return canvas;
}

/** What each class looks for: its weights as an image, all by one scale. */
export function weightPictures(weight: Float32Array): HTMLElement[] {
  const largest = weight.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-9);
  return CLASSES.map((name, k) => {
    const colour = (pixel: number): Colour => {
      const share = weight[k * PIXELS + pixel]! / largest;
      const end = share < 0 ? AGAINST : FOR;
      // The square root shows small weights too.
      const mix = Math.sqrt(Math.abs(share));
      return NEUTRAL.map((v, c) => v + mix * (end[c]! - v)) as unknown as Colour;
    };
    return create(
      'figure',
      {},
      picture(`weights of ${name}`, colour),
      create('figcaption', {}, name),
    );
  });
}

/** Up to so many images that are given another class than theirs. */
export function wrongPictures(
  images: Images,
  predictions: Uint8Array,
  most: number,
): HTMLElement[] {
  const wrong: HTMLElement[] = [];
  for (let i = 0; i < images.count && wrong.length < most; i++) {
    const [is, said] = [CLASSES[images.labels[i]!]!, CLASSES[predictions[i]!]!];
    if (is === said) continue;
    const grey = (pixel: number): Colour => {
      const v = 255 * (1 - images.pixels[i * PIXELS + pixel]!);
      return [v, v, v];
    };
    const caption = create('figcaption', {}, `${said}? ${is}`);
    wrong.push(create('figure', {}, picture(`${is}, taken for ${said}`, grey), caption));
  }
  return wrong;
}

/** How many images of each class are given which. */
export function confusionTable(images: Images, predictions: Uint8Array): HTMLTableElement {
  const counts = CLASSES.map(() => CLASSES.map(() => 0));
  for (let i = 0; i < images.count; i++) counts[images.labels[i]!]![predictions[i]!]!++;
  const head = create(
    'tr',
    {},
    create('th', { scope: 'col' }, 'is \\ taken for'),
    ...CLASSES.map((name) => create('th', { scope: 'col' }, name)),
  );
  const rows = counts.map((row, is) => {
    const total = row.reduce((a, b) => a + b, 0);
    const cells = row.map((count, said) => {
      const cell = create('td', { class: is === said ? 'right' : 'wrong' }, String(count));
      const share = total > 0 ? count / total : 0;
      cell.style.setProperty('--share', `${Math.round(70 * Math.sqrt(share))}%`);
      return cell;
    });
    return create('tr', {}, create('th', { scope: 'row' }, CLASSES[is]!), ...cells);
  });
  const caption = create(
    'caption',
    { class: 'unseen' },
    'Test images by their class and the one given',
  );
  return create(
    'table',
    { class: 'confusion' },
    caption,
    create('thead', {}, head),
    create('tbody', {}, ...rows),
  );
}
