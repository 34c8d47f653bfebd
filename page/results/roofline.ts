/** Achieved bandwidth against row length, under what the device's memory can do. */
import type { OpMeasured, ShapeResult } from '../../bench/bench-shape';
import { formatVariant } from '../../bench/format';
import { hasRun, measuredOf, type Results } from '../../bench/results';
import { rowsOf, shapeTitle } from '../../bench/shapes';
import { isUnsteady } from '../../bench/spread';
import { deviceName } from '../adapter';
import { linePlot, type Point, type Series } from '../plots/lines';
import { sortableTable } from '../plots/table';
import { deviceColumn, type Section } from './section';
import { timeColumns } from './time-columns';
import { describeCheck, formatLength, formatMs, formatPercent, formatRate } from './words';

const FLOOR = '1 read, 1 write';

export const roofline: Section = {
  id: 'roofline',
  title: 'Bandwidth by row length',
  lead: (all) => all.map(leadOf).join(' '),
  about:
    'GB/s of the traffic that the maths needs: each input read once, each result written once. ' +
    'The copy line is the fastest of six kernels that move as much and compute nothing, the exp floor ' +
    'the fastest that apply exp on the way; both are measured in the same run, at the same sizes.',
  isThere: ({ table }) => table.length > 0,
  plot: (all) =>
    linePlot(
      `GB/s against the length of a row: ${all.map(leadOf).join(' ')}`,
      { title: 'elements in a row', format: formatLength },
      { title: 'GB/s', format: (value) => `${value}` },
      all.flatMap((results, i) => seriesOf(results, all.length > 1, i > 0)),
    ),
  table(all) {
    const rows = all.flatMap((results) =>
      measuredOf(results.table).map((one) => ({ results, ...one })),
    );
    return sortableTable(
      'Every operation on every shape',
      [
        {
          title: 'Shape',
          value: ({ result }) => rowsOf(result.shape).length,
          text: ({ result }) => shapeTitle(result.shape),
        },
        { title: 'Operation', value: ({ op }) => op.op },
        { title: 'Type', value: ({ result }) => result.dtype },
        ...deviceColumn(all),
        ...timeColumns,
        {
          title: 'GB/s',
          value: ({ op }) => op.gigabytesPerSecond,
          text: ({ op }) => formatRate(op.gigabytesPerSecond),
        },
        {
          title: 'of copy',
          value: ({ op, result }) => shareOfCopy(op, result),
          text: ({ op, result }) => {
            const share = shareOfCopy(op, result);
            return share === undefined ? '–' : formatPercent(share);
          },
        },
        {
          title: '× floor',
          value: ({ op }) => op.floorRatio,
          text: ({ op }) => op.floorRatio.toFixed(2),
        },
        { title: 'Kernel', value: ({ op }) => formatVariant(op.variants) },
        {
          title: 'Checked',
          value: ({ op }) => op.check.maxUlp ?? Infinity,
          text: ({ op }) => describeCheck(op.check),
        },
      ],
      rows,
      ({ op }) => (op.check.failures > 0 ? 'bad' : isUnsteady(op) ? 'unsteady' : ''),
    );
  },
};

/** An operation's bandwidth by that of a copy of the same size. */
const shareOfCopy = (op: OpMeasured, { copy }: ShapeResult): number | undefined =>
  copy && op.gigabytesPerSecond / copy.gigabytesPerSecond;

/** The best that the first operation reaches. */
function leadOf({ table, adapter }: Results): string {
  const first = table.flatMap(({ ops }) => ops.filter(hasRun))[0]?.op;
  const all = measuredOf(table).filter(({ op, result }) => op.op === first && result.copy);
  if (all.length === 0) return '';
  const share = ({ op, result }: (typeof all)[number]) => shareOfCopy(op, result)!;
  const { op, result } = all.reduce((a, b) => (share(b) > share(a) ? b : a));
  return (
    `On ${deviceName(adapter)}, ${first} reaches ${formatPercent(share({ op, result }))} of the device's copy ` +
    `bandwidth: ${formatRate(op.gigabytesPerSecond)} of ${formatRate(result.copy!.gigabytesPerSecond)} GB/s, ` +
    `at ${shapeTitle(result.shape)}.`
  );
}

function seriesOf({ table, adapter }: Results, several: boolean, other: boolean): Series[] {
  const suffix = several ? `, ${deviceName(adapter)}` : '';
  const dtypes = [...new Set(table.map(({ dtype }) => dtype))];
  const lengthOf = ({ shape }: ShapeResult) => rowsOf(shape).length;
  const byLength = [...table].sort((a, b) => lengthOf(a) - lengthOf(b));
  const ops = [...new Set(measuredOf(table).map(({ op }) => op.op))];
  return dtypes.flatMap((dtype, d) => {
    const results = byLength.filter((result) => result.dtype === dtype);
    const kind = dtypes.length > 1 ? ` ${dtype}` : '';
    const limit = (
      name: string,
      style: number,
      of: (result: ShapeResult) => number | undefined,
    ) => ({
      name: `${name}${kind}${suffix}`,
      kind: 'limit' as const,
      style,
      other,
      points: results.flatMap((result): Point[] => {
        const y = of(result);
        const at = `${y === undefined ? '' : formatRate(y)} GB/s at ${shapeTitle(result.shape)}`;
        return y === undefined ? [] : [{ x: lengthOf(result), y, text: at }];
      }),
    });
    return [
      limit('copy', 0, ({ copy }) => copy?.gigabytesPerSecond),
      limit(
        'exp floor',
        1,
        ({ floors }) => floors.find(({ traffic }) => traffic === FLOOR)?.gigabytesPerSecond,
      ),
      ...ops.map(
        (name, i): Series => ({
          name: `${name}${kind}${suffix}`,
          kind: 'measured',
          style: i + d * ops.length,
          other,
          points: results.flatMap((result) =>
            result.ops.filter(hasRun).flatMap((op): Point[] => {
              if (op.op !== name) return [];
              const share = shareOfCopy(op, result);
              const text =
                `${formatRate(op.gigabytesPerSecond)} GB/s` +
                `${share === undefined ? '' : `, ${formatPercent(share)} of a copy`}, ` +
                `${formatMs(op.milliseconds)} ms, ${op.floorRatio.toFixed(2)} × the floor, at ${shapeTitle(result.shape)}`;
              return [{ x: lengthOf(result), y: op.gigabytesPerSecond, text }];
            }),
          ),
        }),
      ),
    ].filter(({ points }) => points.length > 0);
  });
}
