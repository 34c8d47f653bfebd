/** Loss and accuracy over the steps, drawn while they come. */
import type UPlot from 'uplot';
import { axisIn, plotIn } from '../plots/frame';

/** Points of a curve at most: past that every other one is left out. */
const MOST_POINTS = 4000;

export class Curve {
  private readonly plot: () => UPlot | undefined;
  private readonly steps: number[] = [];
  private readonly values: number[] = [];

  /**
   * @param name what it is, for those who do not see it.
   * @param colour of the page's style sheet.
   * @param range what the axis shows; default: as far as the values reach.
   */
  constructor(place: HTMLElement, name: string, colour: string, range?: readonly [number, number]) {
    place.classList.add('plot-place', 'curve');
    place.setAttribute('role', 'img');
    place.setAttribute('aria-label', `${name} over the steps`);
    this.plot = plotIn(
      place,
      (paint) => ({
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, ...(range && { y: { range: [range[0], range[1]] } }) },
        axes: [axisIn(paint, { side: 2, label: 'step' }), axisIn(paint, { side: 3 })],
        series: [{}, { stroke: () => paint(colour), width: 1.5 }],
      }),
      () => [this.steps, this.values],
    );
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
    this.plot()?.setData([steps, values]);
  }

  clear(): void {
    this.steps.length = 0;
    this.values.length = 0;
    this.plot()?.setData([[], []]);
  }
}
