/** A plot whose marks can be pointed at, and walked by keyboard; what each of them says is told beside it. */
import type UPlot from 'uplot';
import { create } from '../dom';

/** A mark on a plot. */
export interface Spot {
  /** Marks of one series are walked one after the other. */
  readonly series: number;
  /** Along the plot's scales. */
  readonly x: number;
  readonly y: number;
  /** What is said of it. */
  readonly text: string;
}

/** Nearer than this to a mark, in pixels, is pointing at it. */
const REACH = 28;
const HINT = 'Point at a mark, or use the arrow keys.';

/**
 * @param place of the plot, which gets the focus.
 * @param label what the plot shows, in a sentence.
 * @param spots those that are shown now, series by series.
 * @returns where it is told what is pointed at.
 */
export function walkable(
  place: HTMLElement,
  label: string,
  plot: () => UPlot | undefined,
  spots: () => readonly Spot[],
): HTMLElement {
  const readout = create('p', { class: 'readout', 'aria-live': 'polite' }, HINT);
  const ring = create('div', { class: 'ring', hidden: '' });
  place.tabIndex = 0;
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', label);
  let at: Spot | undefined;

  /** In pixels of the plotting area. */
  const positionOf = ({ x, y }: Spot): [number, number] => {
    const { scales, valToPos } = plot()!;
    const [along, up] = [valToPos(x, 'x'), valToPos(y, 'y')];
    // Bars lie on their side.
    return scales.x!.ori === 0 ? [along, up] : [up, along];
  };
  const point = (spot: Spot | undefined) => {
    at = spot;
    ring.hidden = !spot;
    readout.textContent = spot?.text ?? HINT;
    if (!spot) return;
    const [left, top] = positionOf(spot);
    ring.style.translate = `${left}px ${top}px`;
    plot()!.over.append(ring);
  };
  const nearest = (all: readonly Spot[], far: (spot: Spot) => number) =>
    all.reduce<Spot | undefined>((a, b) => (a && far(a) <= far(b) ? a : b), undefined);

  place.addEventListener('pointermove', ({ clientX, clientY }) => {
    const area = plot()?.over.getBoundingClientRect();
    if (!area) return;
    const far = (spot: Spot) => {
      const [left, top] = positionOf(spot);
      return Math.hypot(area.x + left - clientX, area.y + top - clientY);
    };
    const found = nearest(spots(), far);
    const pointed = found && far(found) < REACH ? found : undefined;
    if (pointed !== at) point(pointed);
  });
  place.addEventListener('pointerleave', () => point(undefined));
  place.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = spots();
    if (!step || all.length === 0 || !plot()) return;
    event.preventDefault();
    const index = at ? all.indexOf(at) : -1;
    const from = all[index];
    const series = [...new Set(all.map((spot) => spot.series))];
    if (!from || event.key === 'ArrowRight' || event.key === 'ArrowLeft' || series.length === 1) {
      point(from ? all.at((index + step) % all.length) : all[0]);
      return;
    }
    // The next series, at the place nearest to this one.
    const next = series.at((series.indexOf(from.series) + step) % series.length);
    const [left] = positionOf(from);
    const of = all.filter((spot) => spot.series === next);
    point(nearest(of, (spot) => Math.abs(positionOf(spot)[0] - left)));
  });
  return readout;
}
