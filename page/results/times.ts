/** The time of each operation on one shape, with the range of its samples. */
import type { OpMeasured, ShapeResult } from '../../bench/bench-shape';
import { hasRun, type Results } from '../../bench/results';
import { shapeId, shapeTitle } from '../../bench/shapes';
import { isUnsteady, rangeOf, spreadOf } from '../../bench/spread';
import { deviceName } from '../adapter';
import { type Bar, barPlot } from '../plots/bars';
import { sortableTable } from '../plots/table';
import { plotByChoice } from './choice';
import { deviceColumn, type Section } from './section';
import { timeColumns } from './time-columns';
import { formatMs, formatPercent } from './words';

/** A shape in one dtype: what the visitor chooses from. */
const keyOf = ({ shape, dtype }: ShapeResult) => `${shapeId(shape)} ${dtype}`;

export const times: Section = {
  id: 'times',
  title: 'Time of each operation',
  lead: (all) =>
    all.length > 1
      ? 'Milliseconds of one call on both devices.'
      : 'Milliseconds of one call: the median, and across its end the range of the middle 80 % of the samples.',
  about:
    'Candidates take turns, so that what disturbs one disturbs all. Consecutive calls use other copies of ' +
    'their tensors (64 MiB of each), so that no cache flatters. Pale bars are floors: kernels that only move the same traffic.',
  isThere: ({ table }) => table.length > 0,
  plot(all) {
    const options = all
      .flatMap(({ table }) => table)
      .map((r): [string, string] => [keyOf(r), `${shapeTitle(r.shape)}, ${r.dtype}`]);
    return plotByChoice('times-shape', 'Shape', new Map(options), (key) => barsOf(all, key));
  },
  table(all) {
    const rows = all.flatMap((results) =>
      results.table.flatMap((result) =>
        result.ops.filter(hasRun).map((op) => {
          return { results, result, op };
        }),
      ),
    );
    return sortableTable(
      'Times and their spread',
      [
        { title: 'Operation', value: ({ op }) => op.op },
        { title: 'Shape', value: ({ result }) => shapeTitle(result.shape) },
        { title: 'Type', value: ({ result }) => result.dtype },
        ...deviceColumn(all),
        ...timeColumns,
        {
          title: 'Spread',
          value: ({ op }) => spreadOf(op),
          text: ({ op }) => formatPercent(spreadOf(op)),
        },
        { title: 'Samples', value: ({ op }) => op.samples.length },
        { title: 'Timer', value: ({ result }) => result.timer },
      ],
      rows,
      ({ op }) => (isUnsteady(op) ? 'unsteady' : ''),
    );
  },
};

function barsOf(all: readonly Results[], key: string): HTMLElement {
  const found = all.flatMap(({ table, adapter }, i) =>
    table
      .filter((result) => keyOf(result) === key)
      .map((result) => {
        return { result, other: i > 0, suffix: all.length > 1 ? `, ${deviceName(adapter)}` : '' };
      }),
  );
  const bars = found.flatMap(({ result: { ops, floors, copy }, other, suffix }): Bar[] => [
    ...ops.filter(hasRun).map((op): Bar => barOf(op, suffix, other)),
    ...[...floors, ...(copy ? [copy] : [])].map(
      ({ traffic, milliseconds }): Bar => ({
        label: `${traffic === 'copy' ? 'copy' : `floor, ${traffic}`}${suffix}`,
        value: milliseconds,
        text: formatMs(milliseconds),
        kind: 'limit',
        other,
      }),
    ),
  ]);
  return barPlot('Milliseconds of one call', 'milliseconds', bars);
}

const barOf = (op: OpMeasured, suffix: string, other: boolean): Bar => ({
  label: op.op + suffix,
  value: op.milliseconds,
  range: rangeOf(op.samples),
  text: `${formatMs(op.milliseconds)}${isUnsteady(op) ? ' unsteady' : ''}`,
  kind: op.check.failures > 0 ? 'bad' : 'ours',
  other,
});
