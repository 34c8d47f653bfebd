/** What a table says of an operation's time: the median, and the range of its samples. */
import type { OpMeasured } from '../../bench/bench-shape';
import { isUnsteady, rangeOf } from '../../bench/spread';
import type { Column } from '../plots/table';
import { formatMs } from './words';

export const timeColumns: readonly Column<{ readonly op: OpMeasured }>[] = [
  {
    title: 'Median ms',
    value: ({ op }) => op.milliseconds,
    text: ({ op }) => formatMs(op.milliseconds),
  },
  {
    title: '10–90 %',
    value: ({ op }) => rangeOf(op.samples)[0],
    text: ({ op }) => {
      const [low, high] = rangeOf(op.samples);
      return `${formatMs(low)}–${formatMs(high)}${isUnsteady(op) ? ' unsteady' : ''}`;
    },
  },
];
