/** What is shown of each call: its kernels on a chip, and what they execute. */
import type { MemoryInstructions } from '../../compilers/memory-instructions';
import { formatVariant } from '../format';
import { limitInWords } from './bandwidth';
import { LINE_BYTES } from './executed';
import type { CallResult, CompilerResults, DispatchResult, KernelResult } from './results';
import type { Column } from './text-table';

/** A dispatch of a call, with the figures of its kernel. */
export interface Figured {
  readonly call: CallResult;
  readonly dispatch: DispatchResult;
  readonly kernel: KernelResult;
}

/** Every dispatch of every call; a call's kernels are those of its device. */
export function withFigures({
  calls,
  kernels,
}: Pick<CompilerResults, 'calls' | 'kernels'>): Figured[] {
  const key = (chip: string, engine: string, name: string) => `${chip} ${engine} ${name}`;
  const known = new Map(kernels.map((one) => [key(one.chip, one.engine, one.name), one]));
  return calls.flatMap((call) =>
    call.dispatches.map((dispatch) => ({
      call,
      dispatch,
      kernel: known.get(key(call.chip, call.engine, dispatch.kernel))!,
    })),
  );
}

/** `4×128 9×32`: instructions by the bits that each moves a lane. */
const widths = (counts: MemoryInstructions['loads']): string =>
  Object.entries(counts)
    .reverse()
    .map(([bits, count]) => `${count}×${bits}`)
    .join(' ') || '0';

export const settingOf = ({ subgroups, limits }: CallResult): string =>
  [
    subgroups ? 'subgroups' : 'no subgroups',
    ...(limits === 'raised' ? ['raised limits'] : []),
  ].join(', ');

/** A dispatch of a call, and what a compiler made of its kernel. */
export const allColumns: readonly Column<Figured>[] = [
  { title: 'call', align: 'left', of: ({ call }) => call.case },
  { title: 'chip', align: 'left', of: ({ call }) => `${call.chip}, ${call.engine}` },
  { title: 'device', align: 'left', of: ({ call }) => settingOf(call) },
  { title: 'kernel', align: 'left', of: ({ call, dispatch }) => shortName(call, dispatch.kernel) },
  { title: 'registers', of: ({ kernel }) => `${kernel.registers}` },
  { title: 'spills', of: ({ kernel }) => `${kernel.spills}` },
  { title: 'scratch', of: ({ kernel }) => `${kernel.scratch}` },
  { title: 'waves', of: ({ kernel }) => `${kernel.waves}` },
  { title: 'lanes', of: ({ kernel }) => `${kernel.subgroup}` },
  { title: 'instructions', of: ({ kernel }) => `${kernel.instructions}` },
  { title: 'loads', of: ({ kernel: { memory } }) => (memory ? widths(memory.loads) : '-') },
  { title: 'stores', of: ({ kernel: { memory } }) => (memory ? widths(memory.stores) : '-') },
];

/** A variant's name, without its operation where that is the call's. */
const shortName = ({ case: id }: CallResult, name: string): string => {
  const [op, ...variant] = name.split(' ');
  return id.startsWith(`${op} `) ? variant.join(' ') : name;
};

/** Of all that a call executes, where that is known. */
export interface ExecutedCall {
  readonly call: CallResult;
  /** An element. */
  readonly laneOperations: number;
  /** Of a wave, the most of any dispatch. */
  readonly roundTrips: number;
  /** As a multiple of the tensors' own. */
  readonly lines: number;
  /** Bytes moved, as a multiple of those that must be. */
  readonly bytes: number;
  readonly invocations: number;
}

/** What is executed of calls; those of which nothing is known are left out. */
export const executedCalls = (calls: readonly CallResult[]): ExecutedCall[] =>
  calls.flatMap((call) => {
    const all = call.dispatches.flatMap(({ executed }) => (executed ? [executed] : []));
    if (all.length === 0) return [];
    const sum = (of: (executed: (typeof all)[number]) => number) =>
      all.reduce((total, executed) => total + of(executed), 0);
    return [
      {
        call,
        laneOperations: sum(({ laneOperations }) => laneOperations) / call.elements,
        roundTrips: Math.max(...all.map(({ roundTrips }) => roundTrips)),
        lines: (sum((one) => one.loadLines + one.storeLines) * LINE_BYTES) / call.ownBytes,
        bytes: sum(({ bytes }) => bytes) / call.ownBytes,
        invocations: Math.max(...call.dispatches.map(({ invocations }) => invocations)),
      },
    ];
  });

const gpuColumn = (gpu: string): Column<ExecutedCall> => ({
  title: gpu,
  align: 'left',
  of: ({ call }) => {
    const share = call.shares.find((one) => one.gpu === gpu);
    if (!share) return '-';
    const limit = share.limit === 'memory' ? '' : `, ${limitInWords(share.limit)}`;
    return `${Math.round(100 * share.share)} %${limit}`;
  },
});

export const executedColumns = (gpuNames: readonly string[]): readonly Column<ExecutedCall>[] => [
  { title: 'call', align: 'left', of: ({ call }) => call.case },
  { title: 'device', align: 'left', of: ({ call }) => settingOf(call) },
  {
    title: 'kernel',
    align: 'left',
    of: ({ call }) => formatVariant(call.dispatches.map(({ kernel }) => kernel)),
  },
  { title: 'dispatches', of: ({ call }) => `${call.dispatches.length}` },
  { title: 'operations', of: (row) => row.laneOperations.toFixed(0) },
  { title: 'round trips', of: (row) => `${row.roundTrips}` },
  { title: 'lines', of: (row) => row.lines.toFixed(1) },
  { title: 'bytes', of: (row) => row.bytes.toFixed(1) },
  { title: 'invocations', of: (row) => `${row.invocations}` },
  ...gpuNames.map(gpuColumn),
];
