/**
 * A plot of series over a logarithmic axis, as SVG: it takes the page's colours, light or dark, is
 * sharp on any screen, and its points can be walked by keyboard. The table under a plot has the same
 * numbers for those who do not see it.
 */
import { create, createSvg } from '../dom';
import { linearScale, logScale, type Scale } from './scale';

export interface Point {
  readonly x: number;
  readonly y: number;
  /** What is said of the point when it is pointed at. */
  readonly text: string;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** 'limit' is a line to hold the others to. */
  readonly kind: 'measured' | 'limit';
  /** Which of the colours and marks, from 0. */
  readonly style: number;
  /** Of the other of two devices: hollow marks and dashes. */
  readonly other: boolean;
}

export interface Axis {
  readonly title: string;
  format(value: number): string;
}

const MARGIN = { top: 12, right: 16, bottom: 46, left: 62 };
const MARK = 4.5;
/** Nearer than this to a point, in pixels, is pointing at it. */
const REACH = 28;

/** @param label what the plot shows, in a sentence. */
export function chart(
  label: string,
  x: Axis,
  y: Axis,
  series: readonly Series[],
  hint = 'Point at a mark, or use the arrow keys.',
): HTMLElement {
  const hidden = new Set<Series>();
  const readout = create('p', { class: 'readout', 'aria-live': 'polite' }, hint);
  const svg = createSvg('svg', { role: 'img', tabindex: 0, 'aria-label': label });
  let spots: Spot[] = [];
  let at = -1;

  const draw = () => {
    const width = Math.round(svg.clientWidth);
    const height = Math.round(svg.clientHeight);
    if (width === 0) return;
    spots = render(svg, width, height, x, y, series, hidden);
    at = -1;
  };
  const point = (index: number) => {
    for (const mark of svg.querySelectorAll('.at')) mark.classList.remove('at');
    at = index;
    const spot = spots[index];
    if (!spot) {
      readout.textContent = hint;
      return;
    }
    spot.mark.classList.add('at');
    readout.textContent = `${spot.series.name}: ${spot.point.text}`;
  };
  svg.addEventListener('pointermove', ({ clientX, clientY }) => {
    const box = svg.getBoundingClientRect();
    const far = ({ px, py }: Spot) => Math.hypot(px - (clientX - box.x), py - (clientY - box.y));
    const nearest = spots.reduce((a, b) => (a && far(a) <= far(b) ? a : b), spots[0]);
    const index = nearest && far(nearest) < REACH ? spots.indexOf(nearest) : -1;
    if (index !== at) point(index);
  });
  svg.addEventListener('pointerleave', () => point(-1));
  svg.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || spots.length === 0) return;
    event.preventDefault();
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      point(at < 0 ? 0 : (at + step + spots.length) % spots.length);
      return;
    }
    // The next series, at the place nearest to this one.
    const shown = series.filter((each) => spots.some((spot) => spot.series === each));
    const from = spots[Math.max(at, 0)]!;
    const next = shown[(shown.indexOf(from.series) + step + shown.length) % shown.length]!;
    const near = (spot: Spot) => Math.abs(spot.px - from.px);
    const of = spots.filter((spot) => spot.series === next);
    point(spots.indexOf(of.reduce((a, b) => (near(b) < near(a) ? b : a))));
  });
  new ResizeObserver(draw).observe(svg);

  const legend = series.map((each) => {
    const button = create('button', { type: 'button', class: 'key', 'aria-pressed': 'true' });
    const sample = createSvg('svg', { 'aria-hidden': 'true', viewBox: '0 0 26 12' });
    sample.append(
      createSvg('line', { x1: 1, y1: 6, x2: 25, y2: 6, class: lineClass(each) }),
      ...(each.kind === 'measured' ? [markAt(each, 13, 6)] : []),
    );
    button.append(sample, each.name);
    button.addEventListener('click', () => {
      if (!hidden.delete(each)) hidden.add(each);
      button.setAttribute('aria-pressed', String(!hidden.has(each)));
      draw();
    });
    return button;
  });
  return create(
    'div',
    { class: 'plot' },
    create('div', { class: 'legend', role: 'group', 'aria-label': 'Series shown' }, ...legend),
    svg,
    readout,
  );
}

/** A point on the screen. */
interface Spot {
  readonly series: Series;
  readonly point: Point;
  readonly px: number;
  readonly py: number;
  readonly mark: SVGElement;
}

function render(
  svg: SVGSVGElement,
  width: number,
  height: number,
  x: Axis,
  y: Axis,
  series: readonly Series[],
  hidden: ReadonlySet<Series>,
): Spot[] {
  const shown = series.filter((each) => !hidden.has(each));
  const points = shown.flatMap((each) => each.points);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  if (points.length === 0) {
    svg.replaceChildren();
    return [];
  }
  const across = logScale(points.map((point) => point.x));
  const up = linearScale(Math.max(...points.map((point) => point.y)) * 1.02);
  const [left, right] = [MARGIN.left, width - MARGIN.right];
  const [top, bottom] = [MARGIN.top, height - MARGIN.bottom];
  const px = (value: number) => left + across.place(value) * (right - left);
  const py = (value: number) => bottom - up.place(value) * (bottom - top);

  const frame = createSvg('g', { class: 'axes' });
  for (const value of up.ticks) {
    frame.append(
      createSvg('line', { x1: left, x2: right, y1: py(value), y2: py(value), class: 'grid' }),
      text(left - 8, py(value) + 4, y.format(value), 'end'),
    );
  }
  frame.append(...ticksOf(across, px, bottom, x));
  frame.append(
    text((left + right) / 2, height - 6, x.title, 'middle', 'title'),
    createSvg(
      'text',
      {
        transform: `translate(14 ${(top + bottom) / 2}) rotate(-90)`,
        class: 'title',
        'text-anchor': 'middle',
      },
      y.title,
    ),
  );

  const spots: Spot[] = [];
  const drawn = shown.map((each) => {
    const group = createSvg('g');
    const line = each.points.map((point) => `${px(point.x)},${py(point.y)}`).join(' ');
    group.append(createSvg('polyline', { points: line, class: lineClass(each) }));
    for (const point of each.points) {
      const mark = markAt(each, px(point.x), py(point.y));
      spots.push({ series: each, point, px: px(point.x), py: py(point.y), mark });
      group.append(mark);
    }
    return group;
  });
  svg.replaceChildren(frame, ...drawn);
  return spots;
}

function ticksOf(
  { ticks, minor }: Scale,
  px: (value: number) => number,
  bottom: number,
  x: Axis,
): SVGElement[] {
  const mark = (value: number, length: number) =>
    createSvg('line', { x1: px(value), x2: px(value), y1: bottom, y2: bottom + length });
  return [
    ...minor.map((value) => mark(value, 3)),
    ...ticks.flatMap((value) => [
      mark(value, 6),
      text(px(value), bottom + 20, x.format(value), 'middle'),
    ]),
  ];
}

const text = (x: number, y: number, content: string, anchor: string, kind = 'tick') =>
  createSvg('text', { x, y, 'text-anchor': anchor, class: kind }, content);

const lineClass = ({ kind, style, other }: Series) =>
  `line ${kind} c${style % 8}${other ? ' other' : ''}`;

/** Marks differ by shape as well as by colour. */
function markAt({ kind, style, other }: Series, x: number, y: number): SVGElement {
  const attributes = { class: `mark ${kind} c${style % 8}${other ? ' other' : ''}` };
  const r = kind === 'limit' ? 2 : MARK;
  if (kind === 'limit' || style % 4 === 0) {
    return createSvg('circle', { ...attributes, cx: x, cy: y, r });
  }
  const corners = {
    1: [
      [-r, -r],
      [r, -r],
      [r, r],
      [-r, r],
    ],
    2: [
      [0, -r - 1],
      [r + 1, r],
      [-r - 1, r],
    ],
    3: [
      [0, -r - 1],
      [r + 1, 0],
      [0, r + 1],
      [-r - 1, 0],
    ],
  }[(style % 4) as 1 | 2 | 3];
  const points = corners.map(([dx, dy]) => `${x + dx!},${y + dy!}`).join(' ');
  return createSvg('polygon', { ...attributes, points });
}
