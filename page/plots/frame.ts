/** A uPlot in the page: as wide and as high as its place, in the page's colours, light or dark. */
import UPlot from 'uplot';

/** Gives a colour of the style sheet, such as `var(--ink)`, as it is now, for a canvas. */
export type Paint = (colour: string) => string;

/** Of axes and of what is written beside marks. */
export const FONT = '12px system-ui, sans-serif';

/**
 * Draws a plot into a place once that is in the page.
 *
 * @param optionsOf what to draw; colours are functions that call `paint`, and so follow the page's.
 * @param data asked for when the plot is made.
 * @returns the plot, while there is one: its place may be out of the page.
 */
export function plotIn(
  place: HTMLElement,
  optionsOf: (paint: Paint) => Omit<UPlot.Options, 'width' | 'height'>,
  data: () => UPlot.AlignedData,
): () => UPlot | undefined {
  // A canvas knows neither custom properties nor light-dark(): an element resolves them.
  const probe = document.createElement('span');
  probe.hidden = true;
  place.append(probe);
  const paint: Paint = (colour) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  };
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const redraw = () => plot?.redraw();
  let plot: UPlot | undefined;
  new ResizeObserver(() => {
    const [width, height] = [place.clientWidth, place.clientHeight];
    if (!place.isConnected) {
      plot?.destroy();
      plot = undefined;
      dark.removeEventListener('change', redraw);
    } else if (width > 0 && plot) {
      plot.setSize({ width, height });
    } else if (width > 0) {
      plot = new UPlot({ width, height, ...optionsOf(paint) }, data(), place);
      dark.addEventListener('change', redraw);
    }
  }).observe(place);
  return () => plot;
}

/** Of an axis below, in pixels: its numbers and its title. */
export const AXIS_HEIGHT = 46;

/** An axis in quiet ink, over lines of a grid. */
export const axisIn = (paint: Paint, axis: UPlot.Axis): UPlot.Axis => ({
  stroke: () => paint('var(--quiet)'),
  font: FONT,
  labelFont: FONT,
  labelSize: 20,
  labelGap: 2,
  ...(axis.side === 2 && { size: AXIS_HEIGHT - 20 }),
  ...axis,
  ticks: { stroke: () => paint('var(--line)'), width: 1, size: 5, ...axis.ticks },
  grid: { stroke: () => paint('var(--line)'), width: 1, ...axis.grid },
});
