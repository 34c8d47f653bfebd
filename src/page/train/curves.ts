/** Loss and accuracy over the steps, drawn while they come. */
import UPlot from 'uplot';

/** Points of a curve at most: past that every other one is left out. */
const MOST_POINTS = 4000;
const HEIGHT = 200;

export class Curve {
  private readonly plot: UPlot;
  private readonly steps: number[] = [];
  private readonly values: number[] = [];

  /** @param range what the axis shows; default: as far as the values reach. */
  constructor(root: HTMLElement, name: string, colour: string, range?: readonly [number, number]) {
    // Axes are drawn on a canvas, which knows no inherited colour.
    const ink = getComputedStyle(root).color;
    const grid = { stroke: 'rgba(128, 128, 128, 0.25)' };
    this.plot = new UPlot(
      {
        width: Math.max(200, root.clientWidth),
        height: HEIGHT,
        legend: { live: true },
        scales: { x: { time: false }, ...(range && { y: { range: [range[0], range[1]] } }) },
        axes: [
          { stroke: ink, grid, label: 'step' },
          { stroke: ink, grid },
        ],
        series: [{ label: 'step' }, { label: name, stroke: colour, width: 1.5 }],
      },
      [[], []],
      root,
    );
    new ResizeObserver(() => {
      if (root.clientWidth > 0) this.plot.setSize({ width: root.clientWidth, height: HEIGHT });
    }).observe(root);
  }

  add(step: number, value: number): void {
    const { steps, values } = this;
    if (steps.length >= MOST_POINTS) {
      for (const list of [steps, values]) {
        list.splice(0, list.length, ...list.filter((_, i) => i % 2 === 0));
      }
    }
    steps.push(step);
    values.push(value);
    this.plot.setData([steps, values]);
  }

  clear(): void {
    this.steps.length = 0;
    this.values.length = 0;
    this.plot.setData([[], []]);
  }
}
