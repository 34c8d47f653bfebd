/** Times as bars from zero, with the range of their samples; the table under them has the same numbers. */
import UPlot from 'uplot';
import { create } from '../dom';
import { AXIS_HEIGHT, axisIn, FONT, type Paint, plotIn } from './frame';
import { walkable } from './walk';

export interface Bar {
  readonly label: string;
  /** Where the bar ends; undefined for what has none, such as a library that failed. */
  readonly value: number | undefined;
  /** The 10–90 % range, drawn across the bar's end. */
  readonly range?: readonly [low: number, high: number];
  /** Beside the bar. */
  readonly text: string;
  readonly kind: 'ours' | 'limit' | 'peer' | 'bad';
  /** Of the other of two devices. */
  readonly other?: boolean;
}

/** In pixels: of a bar with what is around it, and of the bar. */
const [ROW, THICKNESS] = [28, 16];
/** Between what is written and the bars. */
const GAP = 12;
/** Labels and texts have each at most so much of the width. */
const MOST_OF_WIDTH = 0.38;

const colours = {
  ours: 'var(--positive)',
  limit: 'color-mix(in srgb, var(--quiet) 45%, var(--card))',
  peer: 'var(--negative)',
  bad: 'var(--bad)',
};
const colourOf = ({ kind, other }: Bar) =>
  other ? `color-mix(in srgb, ${colours[kind]} 50%, var(--c3))` : colours[kind];

/**
 * @param label what the bars are, in a sentence.
 * @param axis what their lengths are.
 */
export function barPlot(label: string, axis: string, bars: readonly Bar[]): HTMLElement {
  const place = create('div', { class: 'plot-place bars' });
  place.style.height = `${bars.length * ROW + AXIS_HEIGHT}px`;
  const plot = plotIn(
    place,
    (paint) => optionsOf(paint, axis, bars),
    () => [bars.map((_, i) => i), bars.map(({ value }) => value ?? null)],
  );
  const said = bars.map((bar) => `${bar.label}: ${bar.text}`);
  const spots = bars.map(({ value = 0 }, x) => ({ series: 0, x, y: value, text: said[x]! }));
  const readout = walkable(place, `${label}: ${said.join('; ')}.`, plot, () => spots);
  return create('div', { class: 'plot' }, place, readout);
}

function optionsOf(
  paint: Paint,
  axis: string,
  bars: readonly Bar[],
): Omit<UPlot.Options, 'width' | 'height'> {
  const ends = bars.map(({ value = 0, range }) => Math.max(value, range?.[1] ?? 0));
  const largest = Math.max(...ends) || 1;
  const labels = bars.map((bar) => bar.label);
  const texts = bars.map(({ text }) => text);
  const besides = ({ width }: UPlot, all: readonly string[]) =>
    Math.min(MOST_OF_WIDTH * width, Math.ceil(Math.max(...all.map(widthOf))) + GAP);
  return {
    legend: { show: false },
    cursor: { show: false },
    padding: [0, (plot) => besides(plot, texts), 0, 0],
    scales: {
      // From the top down.
      x: { time: false, ori: 1, dir: -1, range: [-0.5, bars.length - 0.5] },
      y: { ori: 0, dir: 1, range: [0, largest * 1.02] },
    },
    axes: [
      axisIn(paint, {
        side: 3,
        stroke: () => paint('var(--ink)'),
        grid: { show: false },
        ticks: { show: false },
        splits: () => bars.map((_, i) => i),
        gap: GAP / 2,
        values: (plot) => labels.map((text) => fitted(text, besides(plot, labels) - GAP)),
        size: (plot) => besides(plot, labels),
      }),
      axisIn(paint, { side: 2, label: axis }),
    ],
    series: [
      {},
      {
        width: 0,
        points: { show: false },
        paths: UPlot.paths.bars!({
          size: [1, THICKNESS],
          disp: { fill: { unit: 3, values: () => bars.map((bar) => paint(colourOf(bar))) } },
        }),
      },
    ],
    hooks: { draw: [(plot) => drawBeside(plot, paint, bars)] },
  };
}

/** The ranges across the ends of the bars, and the texts to the right of them all. */
function drawBeside(plot: UPlot, paint: Paint, bars: readonly Bar[]): void {
  const { ctx, bbox } = plot;
  const unit = devicePixelRatio;
  ctx.save();
  ctx.font = scaled(FONT);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  ctx.lineWidth = 1.5 * unit;
  ctx.fillStyle = ctx.strokeStyle = paint('var(--ink)');
  const edge = ctx.canvas.width;
  const room = (edge - bbox.left - bbox.width) / unit - GAP;
  bars.forEach(({ range, text }, i) => {
    const middle = plot.valToPos(i, 'x', true);
    ctx.fillText(fitted(text, room), edge, middle);
    if (!range) return;
    const [low, high] = range.map((value) => plot.valToPos(value, 'y', true));
    ctx.beginPath();
    ctx.moveTo(low!, middle);
    ctx.lineTo(high!, middle);
    for (const end of [low!, high!]) {
      ctx.moveTo(end, middle - 5 * unit);
      ctx.lineTo(end, middle + 5 * unit);
    }
    ctx.stroke();
  });
  ctx.restore();
}

/** A font in pixels of the screen. */
const scaled = (font: string) =>
  font.replace(/(\d+)px/, (_, size) => `${Math.round(size * devicePixelRatio)}px`);

/** Of a text in the axes' font, in pixels of the page. */
function widthOf(text: string): number {
  pen ??= document.createElement('canvas').getContext('2d')!;
  pen.font = FONT;
  return pen.measureText(text).width;
}
let pen: CanvasRenderingContext2D | undefined;

/** As much of a text as there is room for. */
function fitted(text: string, room: number): string {
  if (widthOf(text) <= room) return text;
  let short = text;
  while (short && widthOf(`${short}…`) > room) short = short.slice(0, -1);
  return `${short}…`;
}
