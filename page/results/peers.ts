/** Other libraries beside this one, on the same operations and shapes. */
import { formatUlp } from '../../bench/format';
import { OURS } from '../../bench/peers/libraries';
import { bestPeer, type Comparison, type Entry, type Outcome } from '../../bench/peers/outcome';
import type { Results } from '../../bench/results';
import { shapeId, shapeTitle } from '../../bench/shapes';
import { rangeOf } from '../../bench/spread';
import { deviceName } from '../adapter';
import { type Bar, barPlot } from '../plots/bars';
import { sortableTable } from '../plots/table';
import { plotByChoice } from './choice';
import { deviceColumn, type Section } from './section';
import { formatMs } from './words';

const keyOf = ({ op, shape }: Comparison) => `${op} ${shapeId(shape)}`;

export const peers: Section = {
  id: 'peers',
  title: 'Beside other libraries',
  lead: (all) => all.map(leadOf).join(' '),
  about:
    'Each library is called as its users call it, one submission a call, on tensors that stay on the GPU, and timed ' +
    'by the clock until the queue is empty, with many calls to a wait, in f32, which is what all of them take. ' +
    'A result that is wrong is not timed.',
  isThere: (results) => results.peers.length > 0,
  plot(all) {
    const options = all
      .flatMap((results) => results.peers)
      .map((c): [string, string] => [keyOf(c), `${c.op} of ${shapeTitle(c.shape)}`]);
    return plotByChoice('peers-shape', 'Comparison', new Map(options), (key) => barsOf(all, key));
  },
  table(all) {
    const rows = all.flatMap((results) =>
      results.peers.flatMap((comparison) =>
        entriesOf(comparison).map((entry) => {
          return { results, comparison, ...entry };
        }),
      ),
    );
    type Row = (typeof rows)[number];
    const ms = ({ outcome }: Row) =>
      outcome.status === 'timed' ? outcome.milliseconds : undefined;
    const ratio = (row: Row) => ratioOf(row.comparison, row.outcome);
    return sortableTable(
      'Every library on every shape',
      [
        { title: 'Library', value: ({ library }) => library },
        { title: 'Operation', value: ({ comparison }) => comparison.op },
        { title: 'Shape', value: ({ comparison }) => shapeTitle(comparison.shape) },
        ...deviceColumn(all),
        { title: 'ms', value: ms, text: (row) => textOf(row.outcome) },
        { title: '× ours', value: ratio, text: (row) => ratio(row)?.toFixed(2) ?? '–' },
        {
          title: 'Largest error in ULP',
          value: ({ outcome }) =>
            'check' in outcome ? (outcome.check.maxUlp ?? Infinity) : undefined,
          text: ({ outcome }) => ('check' in outcome ? formatUlp(outcome.check.maxUlp) : '–'),
        },
      ],
      rows,
    );
  },
};

const entriesOf = ({ ours, peers: others }: Comparison): Entry[] => [
  { library: OURS.name, outcome: ours },
  ...others,
];

const ratioOf = ({ ours }: Comparison, outcome: Outcome): number | undefined =>
  ours.status === 'timed' && outcome.status === 'timed'
    ? outcome.milliseconds / ours.milliseconds
    : undefined;

function textOf(outcome: Outcome): string {
  if (outcome.status === 'timed') return formatMs(outcome.milliseconds);
  if (outcome.status === 'absent') return 'has no such operation';
  return outcome.status === 'wrong' ? 'WRONG' : 'failed';
}

function leadOf({ peers: comparisons, adapter }: Results): string {
  const ratios = comparisons.flatMap((comparison) => {
    const best = bestPeer(comparison);
    return best && comparison.ours.status === 'timed'
      ? [best.milliseconds / comparison.ours.milliseconds]
      : [];
  });
  const failed = new Map<string, string>();
  for (const { library, outcome } of comparisons.flatMap(entriesOf)) {
    if (outcome.status === 'failed') failed.set(library, outcome.error);
  }
  const why = Array.from(failed, ([library, error]) => ` ${library} failed: ${error}`).join('');
  if (ratios.length === 0) return `On ${deviceName(adapter)} no peer gave a right result.${why}`;
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)].map((n) => n.toFixed(1));
  const range = low === high ? low : `${low} to ${high}`;
  return `On ${deviceName(adapter)} the best peer takes ${range} times as long as this library.${why}`;
}

function barsOf(all: readonly Results[], key: string): HTMLElement {
  const bars = all.flatMap(({ peers: comparisons, adapter, peerVersions }, i) =>
    comparisons
      .filter((comparison) => keyOf(comparison) === key)
      .flatMap((comparison) =>
        entriesOf(comparison).map(({ library, outcome }): Bar => {
          const ratio = ratioOf(comparison, outcome);
          const version = peerVersions[library];
          const suffix = all.length > 1 ? `, ${deviceName(adapter)}` : '';
          const times = library === OURS.name || !ratio ? '' : ` (× ${ratio.toFixed(2)})`;
          return {
            label: `${library}${version ? ` ${version}` : ''}${suffix}`,
            value: outcome.status === 'timed' ? outcome.milliseconds : undefined,
            ...(outcome.status === 'timed' && { range: rangeOf(outcome.samples) }),
            text: textOf(outcome) + times,
            kind: library === OURS.name ? 'ours' : 'peer',
            other: i > 0,
          };
        }),
      ),
  );
  return barPlot('Milliseconds of one call', 'milliseconds', bars);
}
