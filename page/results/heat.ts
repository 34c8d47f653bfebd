/** The planner's choice beside every other regime, as a map of shapes by regimes. */
import type { RegimeTime, VariantsResult } from '../../bench/bench-variants';
import { MAX_BEHIND, type Results } from '../../bench/results';
import { shapeTitle } from '../../bench/shapes';
import { regimeNames } from '../../src/rows/regimes';
import { deviceName } from '../adapter';
import { create } from '../dom';
import { sortableTable } from '../plots/table';
import { deviceColumn, type Section } from './section';
import { describeCheck, formatMs } from './words';

/** From here on a cell has its full shade. */
const DARKEST = 8;

export const heat: Section = {
  id: 'variants',
  title: 'The planner’s choice, and every variant',
  lead: (all) => all.map(leadOf).join(' '),
  about:
    'Each cell is the time of a regime (a way to walk a row) as a multiple of the fastest on that shape; the framed one ' +
    'is what the library chooses. “~” was ruled out by a first try and not sampled further; an empty cell cannot take such rows.',
  isThere: ({ variants }) => variants.length > 0,
  plot: (all) =>
    create('div', { class: 'maps' }, ...all.map((results) => mapOf(results, all.length > 1))),
  table(all) {
    const rows = all.flatMap((results) =>
      results.variants.flatMap((result) =>
        result.regimes.map((time) => {
          return { results, result, time };
        }),
      ),
    );
    return sortableTable(
      'Every regime on every shape',
      [
        { title: 'Shape', value: ({ result }) => shapeTitle(result.shape) },
        { title: 'Operation', value: ({ result }) => result.op },
        { title: 'Type', value: ({ result }) => result.dtype },
        ...deviceColumn(all),
        { title: 'Regime', value: ({ time }) => time.regime },
        { title: 'Chosen', value: ({ time }) => (time.chosen ? 'yes' : 'no') },
        {
          title: '× best',
          value: ({ time }) => time.ratio,
          text: ({ time }) => time.ratio.toFixed(2),
        },
        {
          title: 'ms',
          // Of what a probe on few rows ruled out there is no time on this shape.
          value: ({ time }) => (time.cut === 'probe' ? undefined : time.milliseconds),
          text: ({ time }) =>
            time.cut === 'probe' ? 'on few rows only' : formatMs(time.milliseconds),
        },
        {
          title: 'Checked',
          words: true,
          value: ({ time }) => time.check?.maxUlp ?? undefined,
          text: ({ time }) => (time.check ? describeCheck(time.check) : '–'),
        },
      ],
      rows,
      ({ time }) => ((time.check?.failures ?? 0) > 0 ? 'bad' : ''),
    );
  },
};

function leadOf({ variants, adapter }: Results): string {
  const chosen = variants.map(({ regimes }) => regimes.find((time) => time.chosen)!);
  const good = chosen.filter(({ ratio }) => ratio <= MAX_BEHIND).length;
  return `On ${deviceName(adapter)} the library’s choice is within 10 % of the best at ${good} of ${variants.length} shapes.`;
}

function mapOf({ variants, adapter }: Results, several: boolean): HTMLElement {
  const caption = `Time as a multiple of the fastest regime${several ? `, ${deviceName(adapter)}` : ''}`;
  const head = create(
    'tr',
    {},
    create('th', { scope: 'col' }, 'Shape'),
    ...regimeNames.map((regime) =>
      create('th', { scope: 'col' }, regime.replace('-per-', ' per ').replaceAll('-', ' ')),
    ),
  );
  const dtypes = new Set(variants.map(({ dtype }) => dtype));
  const rows = variants.map((result) => rowOf(result, dtypes.size > 1));
  return create(
    'div',
    { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption },
    create(
      'table',
      { class: 'map' },
      create('caption', {}, caption),
      create('thead', {}, head),
      create('tbody', {}, ...rows),
    ),
  );
}

function rowOf({ shape, dtype, regimes }: VariantsResult, severalTypes: boolean): HTMLElement {
  const cells = regimeNames.map((regime) => {
    const time = regimes.find((each) => each.regime === regime);
    if (!time) return create('td', { class: 'none' }, '');
    const cell = create('td', { class: kindOf(time) }, textOf(time));
    const strength = Math.min(1, Math.log(Math.max(1, time.ratio)) / Math.log(DARKEST));
    cell.style.setProperty('--share', `${Math.round(100 * strength)}%`);
    return cell;
  });
  const title = `${shapeTitle(shape)}${severalTypes ? `, ${dtype}` : ''}`;
  return create('tr', {}, create('th', { scope: 'row' }, title), ...cells);
}

function kindOf({ chosen, ratio }: RegimeTime): string {
  if (!chosen) return '';
  return ratio > MAX_BEHIND ? 'chosen behind' : 'chosen';
}

function textOf({ ratio, cut, chosen }: RegimeTime): string {
  const size = ratio >= 100 ? Math.round(ratio).toString() : ratio.toFixed(2);
  return `${cut ? '~' : ''}${size}${chosen ? ' ✓' : ''}`;
}
