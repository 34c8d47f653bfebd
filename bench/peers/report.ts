/** What the comparison found, as text of at most 120 columns. */
import colors from 'picocolors';
import type { AdapterReport } from '../adapter';
import type { Check } from '../check';
import { formatUlp } from '../format';
import { formatInteger, shapeId, shapeTitle } from '../shapes';
import type { Accuracy } from './accuracy';
import { OVERHEAD_CALLS } from './compare';
import {
  bestPeer,
  type Comparison,
  floorRatio,
  type Outcome,
  type Overhead,
  peerRatio,
} from './outcome';

/** Everything a run found, as the JSON file holds it. */
export interface PeerResults {
  readonly date: string;
  /** See `Results` of the benchmark. */
  readonly commit: string | null;
  readonly adapter: AdapterReport;
  /** Of the peers, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly rounds: number;
  readonly comparisons: readonly Comparison[];
  readonly overheads: readonly Overhead[];
  readonly accuracy: readonly Accuracy[];
  /** What went wrong with ours, one line each. */
  readonly failures: readonly string[];
}

type Align = 'left' | 'right';
type Column = readonly [title: string, width: number, align: Align];

const WIDTH = 119;

const line = (columns: readonly Column[], cells: readonly string[]) =>
  columns
    .map(([, width, align], i) => {
      const cell = cells[i] ?? '';
      return align === 'left' ? cell.padEnd(width) : cell.padStart(width);
    })
    .join('  ')
    .trimEnd();

const head = (columns: readonly Column[]) => {
  const titles = columns.map(([title]) => title);
  const width = columns.reduce((sum, [, columnWidth]) => sum + columnWidth + 2, -2);
  return colors.underline(line(columns, titles).padEnd(width));
};

const libraryColumns: readonly Column[] = [
  ['library', 32, 'left'],
  ['ms', 10, 'right'],
  ['× ours', 8, 'right'],
  ['max ULP', 9, 'right'],
  ['calls', 6, 'right'],
  ['samples', 8, 'right'],
];

export const PEER_LEGEND = [
  'ms        a call, from the first of many until the GPU is done with the last; median of rounds in which all take turns',
  'recorded  ours in one compute pass, beside the floor, the fastest kernel that moves the same bytes; both by the device’s clock',
  'max ULP   largest error in ULP of the exact value (much where terms cancel)',
].join('\n');

/** The table of one operation on one shape. */
export function formatComparison(comparison: Comparison): string {
  const { shape, op, ours, peers, pass } = comparison;
  const unit = ours.status === 'timed' ? ours.milliseconds : undefined;
  const lines = [
    `${colors.bold(`${op} of ${shapeTitle(shape)}`)}${pass ? colors.dim(`  device’s clock ${pass.timer}`) : ''}`,
    head(libraryColumns),
    outcomeLine('webgpu-softmax', ours, unit),
    ...peers.map(({ library, outcome }) => outcomeLine(library, outcome, unit)),
  ];
  if (pass) {
    const { ours: recorded, floor } = pass;
    for (const [name, timed] of [
      ['ours, recorded in a pass', recorded],
      [`floor, ${floor.kernel}`, floor],
    ] as const) {
      const cells = [name, timed.milliseconds.toFixed(3), '', '', String(timed.calls)];
      lines.push(colors.dim(line(libraryColumns, [...cells, String(timed.samples.length)])));
    }
  }
  const [best, peer, floor] = [bestPeer(comparison), peerRatio(comparison), floorRatio(comparison)];
  lines.push(
    [
      best && peer && `best peer ÷ ours ${peer.toFixed(2)} (${best.library})`,
      floor && `ours ÷ floor ${floor.toFixed(2)}`,
    ]
      .filter(Boolean)
      .join(', '),
  );
  return lines.filter((text) => text !== '').join('\n');
}

function outcomeLine(name: string, outcome: Outcome, unit: number | undefined): string {
  const title = name.padEnd(libraryColumns[0]![1]);
  if (outcome.status === 'absent') return colors.dim(`${title}  has no such operation`);
  if (outcome.status === 'failed') return clip(colors.yellow, `${title}  failed: ${outcome.error}`);
  if (outcome.status === 'wrong') {
    return clip(colors.red, `${title}  wrong: ${formatWrong(outcome.check)}`);
  }
  const { milliseconds, check, calls, samples } = outcome;
  return line(libraryColumns, [
    name,
    milliseconds.toFixed(3),
    unit === undefined ? '' : (milliseconds / unit).toFixed(2),
    formatUlp(check.maxUlp),
    String(calls),
    String(samples.length),
  ]);
}

const formatWrong = ({ failures, maxUlp }: Check) =>
  `${formatInteger(failures)} of the elements checked, largest error ${formatUlp(maxUlp)} ULP`;

/** The first line, as far as it fits: the file has the whole message. */
function clip(color: (text: string) => string, text: string): string {
  const [first] = text.split('\n');
  return color(first!.length > WIDTH ? `${first!.slice(0, WIDTH - 1)}…` : first!);
}

/** Time of a call of a small tensor. */
export function formatOverheads(overheads: readonly Overhead[]): string {
  const columns: readonly Column[] = [
    ['library', 32, 'left'],
    ['host µs', 10, 'right'],
    ['total µs', 10, 'right'],
  ];
  const title = `${formatInteger(OVERHEAD_CALLS)} softmaxes of 1 × 10, enqueued: time of a call`;
  return [
    colors.bold(title),
    head(columns),
    ...overheads.map(({ library, result }) => {
      if (result.status !== 'timed') return outcomeLine(library, result, undefined);
      return line(columns, [library, result.host.toFixed(1), result.total.toFixed(1)]);
    }),
    colors.dim('host until the library has taken the last call, total until the GPU is done'),
  ].join('\n');
}

/** All comparisons, a line each: times and ratios, then errors. */
export function formatComparisons(comparisons: readonly Comparison[]): string {
  const names = comparisons[0]?.peers.map(({ library }) => library) ?? [];
  const rows: readonly Column[] = [
    ['shape', 14, 'left'],
    ['operation', 20, 'left'],
  ];
  const libraries = ['ours', ...names].map(
    (name): Column => [name.replace('onnxruntime-web', 'onnx-web'), 13, 'right'],
  );
  const times: readonly Column[] = [
    ...rows,
    ...libraries,
    ['peer÷ours', 9, 'right'],
    ['ours÷floor', 10, 'right'],
  ];
  const errors: readonly Column[] = [...rows, ...libraries];
  const cells = (comparison: Comparison, show: (outcome: Outcome) => string) => [
    shapeId(comparison.shape),
    comparison.op,
    ...[comparison.ours, ...comparison.peers.map(({ outcome }) => outcome)].map(show),
  ];
  const milliseconds = (outcome: Outcome) =>
    outcome.status === 'timed' ? outcome.milliseconds.toFixed(3) : status(outcome);
  const ulps = (outcome: Outcome) =>
    'check' in outcome ? formatUlp(outcome.check.maxUlp) : status(outcome);
  const ratio = (value: number | undefined) => value?.toFixed(2) ?? '';
  return [
    colors.bold('Milliseconds a call'),
    head(times),
    ...comparisons.map((comparison) =>
      line(times, [
        ...cells(comparison, milliseconds),
        ratio(peerRatio(comparison)),
        ratio(floorRatio(comparison)),
      ]),
    ),
    '',
    colors.bold('Largest error in ULP'),
    head(errors),
    ...comparisons.map((comparison) => line(errors, cells(comparison, ulps))),
  ].join('\n');
}

const status = ({ status: word }: Outcome) => (word === 'absent' ? '-' : word);
