/** Series over a logarithmic axis; the table under the plot has the same numbers for those who do not see it. */
import type UPlot from 'uplot';
import { create } from '../dom';
import { axisIn, type Paint, plotIn } from './frame';
import { walkable } from './walk';

export interface Point {
  readonly x: number;
  readonly y: number;
  /** What is said of the point when it is pointed at. */
  readonly text: string;
}

export interface Series {
  readonly name: string;
  /** With x ascending, or equal. */
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

/** Marks differ by shape as well as by colour: as paths around 0, and as characters of the legend. */
const marks = [
  ['M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0', '●'],
  ['M-4-4h8v8h-8z', '■'],
  ['M0-5.5l5.5 10h-11z', '▲'],
  ['M0-5.5l5.5 5.5-5.5 5.5-5.5-5.5z', '◆'],
] as const;
const markOf = ({ style }: Series) => marks[style % marks.length]!;

/** Colours of the style sheet. */
const COLOURS = 8;
function colourOf({ kind, style }: Series): string {
  if (kind === 'measured') return `var(--c${style % COLOURS})`;
  return style === 0 ? 'var(--ink)' : 'var(--quiet)';
}

/** @param label what the plot shows, in a sentence. */
export function linePlot(label: string, x: Axis, y: Axis, series: readonly Series[]): HTMLElement {
  const hidden = new Set<Series>();
  const place = create('div', { class: 'plot-place lines' });
  const plot = plotIn(
    place,
    (paint) => optionsOf(paint, x, y, series, hidden),
    () => dataOf(series),
  );
  const spots = series.map(({ name, points }, i) =>
    points.map(({ x, y, text }) => ({ series: i, x, y, text: `${name}: ${text}` })),
  );
  const readout = walkable(place, label, plot, () =>
    spots.filter((_, i) => !hidden.has(series[i]!)).flat(),
  );
  const legend = series.map((each, i) => {
    const sample = create('span', { 'aria-hidden': 'true' }, sampleOf(each));
    sample.style.color = colourOf(each);
    const button = create(
      'button',
      { type: 'button', class: 'key', 'aria-pressed': 'true' },
      sample,
      each.name,
    );
    button.addEventListener('click', () => {
      if (!hidden.delete(each)) hidden.add(each);
      const shown = !hidden.has(each);
      button.setAttribute('aria-pressed', String(shown));
      plot()?.setSeries(i + 1, { show: shown });
    });
    return button;
  });
  return create(
    'div',
    { class: 'plot' },
    create('div', { class: 'legend', role: 'group', 'aria-label': 'Series shown' }, ...legend),
    place,
    readout,
  );
}

function sampleOf(series: Series): string {
  if (series.kind === 'limit') return series.style === 0 ? '━━' : '┅┅';
  return series.other ? `╌${markOf(series)[1]}╌` : `─${markOf(series)[1]}─`;
}

/** Every point in a column of its own but where all its place's series have one: uPlot's x is shared. */
function dataOf(series: readonly Series[]): UPlot.AlignedData {
  // The nth point of a series at an x goes into that x's nth column.
  const keyOf = ({ x }: Point, i: number, points: readonly Point[]) =>
    [x, points.slice(0, i).filter((other) => other.x === x).length] as const;
  const columns = new Map(
    series.flatMap(({ points }) =>
      points.map((...at) => {
        const key = keyOf(...at);
        return [key.join(), key] as const;
      }),
    ),
  );
  const keys = [...columns.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const lines = series.map(({ points }) => {
    const found = new Map(points.map((...at) => [keyOf(...at).join(), at[0].y]));
    return keys.map((key) => found.get(key.join()) ?? null);
  });
  return [keys.map(([value]) => value), ...lines];
}

function optionsOf(
  paint: Paint,
  x: Axis,
  y: Axis,
  series: readonly Series[],
  hidden: ReadonlySet<Series>,
): Omit<UPlot.Options, 'width' | 'height'> {
  return {
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, distr: 3, range: (_, min, max) => [min / 1.4, max * 1.4] },
      y: { range: (_, __, max) => [0, max * 1.05] },
    },
    axes: [
      axisIn(paint, {
        side: 2,
        label: x.title,
        grid: { show: false },
        splits: (_, __, min, max) => ticksOf(min, max),
        values: (_, values) =>
          values.map((value) => (isWritten(value, values) ? x.format(value) : '')),
        filter: (_, values) => values,
      }),
      axisIn(paint, { side: 3, label: y.title, values: (_, values) => values.map(y.format) }),
    ],
    series: [{}, ...series.map((each) => seriesOf(paint, each, !hidden.has(each)))],
  };
}

/** 1 to 9 times the powers of ten in a range. */
function ticksOf(min: number, max: number): number[] {
  const powers = Array.from({ length: 14 }, (_, n) => 10 ** (n - 3));
  const all = powers.flatMap((power) => Array.from({ length: 9 }, (_, m) => (m + 1) * power));
  return all.filter((value) => value >= min && value <= max);
}

/** Powers of ten have room for a number; where there are less than two, 2 and 5 times them have too. */
function isWritten(value: number, among: readonly number[]): boolean {
  const digitOf = (n: number) => Number(n.toExponential()[0]);
  const powers = among.filter((each) => digitOf(each) === 1).length;
  return digitOf(value) === 1 || (powers < 2 && [2, 5].includes(digitOf(value)));
}

function seriesOf(paint: Paint, series: Series, show: boolean): UPlot.Series {
  const colour = () => paint(colourOf(series));
  const { kind, other, style } = series;
  const dash = kind === 'limit' && style > 0 ? [2, 3] : [5, 4];
  return {
    show,
    spanGaps: true,
    stroke: colour,
    width: kind === 'limit' ? 1.5 : 2,
    ...((other || (kind === 'limit' && style > 0)) && { dash }),
    points:
      kind === 'limit'
        ? { show: true, size: 4, fill: colour }
        : {
            show: true,
            width: other ? 2 : 1,
            stroke: () => paint(other ? colourOf(series) : 'var(--card)'),
            fill: () => paint(other ? 'var(--card)' : colourOf(series)),
            paths: (plot, index) => marksOf(plot, index, new Path2D(markOf(series)[0])),
          },
  };
}

/** A mark at each of a series' points. */
function marksOf(plot: UPlot, index: number, mark: Path2D): UPlot.Series.Points.Paths {
  const all = new Path2D();
  const [xs, ys] = [plot.data[0], plot.data[index]!];
  xs.forEach((value, i) => {
    const y = ys[i];
    if (y === null || y === undefined) return;
    const [left, top] = [plot.valToPos(value, 'x', true), plot.valToPos(y, 'y', true)];
    all.addPath(mark, new DOMMatrix().translate(left, top).scale(devicePixelRatio));
  });
  return { stroke: all, fill: all };
}
