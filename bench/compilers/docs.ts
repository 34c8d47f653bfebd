/** The figures of `docs/compilers.md`: all after its mark is written anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chips } from '../../compilers/chips';
import { type Gpu, gpus } from './bandwidth';
import { reasons } from './exceptions';
import type { CompilerResults, DeviceResult, KernelResult } from './results';
import { executedCalls, executedColumns, type Figured, withFigures } from './rows';
import { type Column, markdownTable } from './text-table';

const DOC = fileURLToPath(new URL('../../docs/compilers.md', import.meta.url));
const START = '<!-- made by npm run bench:compilers -- --docs -->';

/** What is shown of all that is compiled; the JSON has the rest. */
const SHOWN = /^(softmax|softmaxVjp|crossEntropyWithGrad) /;

export function writeDocs(results: CompilerResults): void {
  const [prose] = readFileSync(DOC, 'utf8').split(START);
  writeFileSync(DOC, `${prose}${START}\n\n${figures(results)}\n`);
}

function figures(results: CompilerResults): string {
  const shown = {
    ...results,
    calls: results.calls.filter((call) => SHOWN.test(call.case) && call.engine === 'dawn'),
  };
  const executed = executedCalls(shown.calls);
  const names = gpus.map(({ name }) => name);
  const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${results.date.slice(0, 10)}, ${versions.join(', ')}.`,
    '## Devices',
    markdownTable(deviceColumns, results.devices),
    '## What the model takes of a GPU',
    markdownTable(gpuColumns, gpus),
    '## Executed on RDNA2',
    markdownTable(executedColumns(names), executed),
    '## Registers, resident subgroups and instructions',
    'Through Dawn, with subgroups: of each kernel registers, subgroups and instructions, and whether it spills.',
    markdownTable(kernelColumns, kernelRows(shown)),
    '## Spills',
    spills(results),
    '## Goals that are not met',
    markdownTable(reasonColumns, reasons),
  ].join('\n\n');
}

const deviceColumns: readonly Column<DeviceResult>[] = [
  {
    title: 'chip',
    align: 'left',
    of: ({ chip }) => chips.find(({ name }) => name === chip)!.title,
  },
  { title: 'engine', align: 'left', of: ({ engine }) => engine },
  { title: 'adapter', align: 'left', of: ({ description }) => description },
  {
    title: 'lanes of a subgroup',
    of: ({ subgroupMinSize, subgroupMaxSize }) => `${subgroupMinSize} … ${subgroupMaxSize}`,
  },
  { title: 'subgroups', align: 'left', of: ({ subgroups }) => (subgroups ? 'yes' : 'no') },
];

const giga = (number: number) => `${Math.round(number / 1e9)}`;

const gpuColumns: readonly Column<Gpu>[] = [
  { title: 'GPU', align: 'left', of: ({ name }) => name },
  { title: 'memory, GB/s', of: ({ bandwidth }) => giga(bandwidth) },
  { title: "cores' caches, GB/s", of: ({ nearCache }) => giga(nearCache) },
  { title: 'shared cache, GB/s', of: ({ sharedCache }) => giga(sharedCache) },
  { title: '10⁹ lane-operations/s', of: ({ laneOperations }) => giga(laneOperations) },
  { title: 'latency, ns', of: ({ latency }) => `${Math.round(latency * 1e9)}` },
  { title: 'SIMDs or cores', of: ({ units }) => `${units}` },
  { title: 'residence of', align: 'left', of: ({ chip }) => chip },
];

const reasonColumns: readonly Column<(typeof reasons)[number]>[] = [
  { title: 'goal', align: 'left', of: ({ goal }) => goal },
  { title: 'on', align: 'left', of: ({ devices }) => devices.join('; ') },
  { title: 'calls', of: ({ calls }) => `${calls}` },
  { title: 'because', align: 'left', of: ({ reason }) => reason },
];

interface KernelRow {
  readonly case: string;
  readonly byChip: ReadonlyMap<string, string>;
}

const kernelColumns: readonly Column<KernelRow>[] = [
  { title: 'call', align: 'left', of: (row) => row.case },
  ...chips.map(({ name }) => ({
    title: name,
    align: 'left' as const,
    of: ({ byChip }: KernelRow) => byChip.get(name) ?? '-',
  })),
];

/** A row a call, its kernels joined by semicolons. */
function kernelRows(results: Pick<CompilerResults, 'calls' | 'kernels'>): KernelRow[] {
  const rows = new Map<string, Map<string, string>>();
  for (const { call, kernel } of withFigures(results)) {
    if (call.limits !== 'default' || !call.subgroups) continue;
    const { registers, waves, instructions } = kernel;
    const spilled = isSpilling(kernel) ? ' (spills)' : '';
    const cell = `${registers} · ${waves} · ${instructions}${spilled}`;
    const row = rows.get(call.case) ?? new Map<string, string>();
    const before = row.get(call.chip);
    rows.set(call.case, row.set(call.chip, before === undefined ? cell : `${before}; ${cell}`));
  }
  return [...rows].map(([id, byChip]) => ({ case: id, byChip }));
}

const isSpilling = ({ spills, scratch }: KernelResult) => spills > 0 || scratch > 0;

/** A kernel that spills, with the devices on which it does so alike. */
interface Spilling extends Figured {
  readonly devices: string[];
}

/** Every kernel that spills. */
function spills(results: CompilerResults): string {
  const found = new Map<string, Spilling>();
  for (const row of withFigures(results)) {
    const { name, chip, engine, spills: values, scratch } = row.kernel;
    if (!isSpilling(row.kernel)) continue;
    const key = `${name} ${values} ${scratch}`;
    const { devices } = found.get(key) ?? { devices: [] as string[] };
    const device = `${chip}, ${engine}`;
    if (!devices.includes(device)) devices.push(device);
    found.set(key, { ...row, devices });
  }
  const columns: readonly Column<Spilling>[] = [
    { title: 'kernel', align: 'left', of: ({ kernel }) => kernel.name },
    { title: 'on', align: 'left', of: ({ devices }) => devices.join('; ') },
    { title: 'values', of: ({ kernel }) => `${kernel.spills}` },
    { title: 'bytes a lane', of: ({ kernel }) => `${kernel.scratch}` },
    { title: 'a call that takes it', align: 'left', of: ({ call }) => call.case },
  ];
  const count = results.kernels.filter(isSpilling).length;
  const title = `${count} of ${results.kernels.length} kernels, those of each device counted.`;
  return count === 0 ? title : `${title}\n\n${markdownTable(columns, [...found.values()])}`;
}
