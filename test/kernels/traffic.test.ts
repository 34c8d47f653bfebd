/** The tables of `docs/performance.md` say what is counted in the WGSL, and that is what happens. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { halvesBy } from '../../src/f16';
import type { HalfConversion } from '../../src/gpu/halves';
import { convertMap } from '../../src/map/convert';
import { flatKernel } from '../../src/map/flat';
import { type RowKernel, rowKernel } from '../../src/rows/kernel';
import { planRows } from '../../src/rows/plan';
import { type RegimeName, regimeNames, regimes } from '../../src/rows/regimes';
import { canTake } from '../../src/rows/tiers';
import type { Variant } from '../../src/rows/variant';
import { callInPage, openPage } from '../browser/page';
import { dispatchesOf, rowDispatches, rowOps } from './kernels';
import { total, trafficOf } from './traffic';
import type { compare } from './traffic.page';
import { allVariants, device, taskOf } from './variants';

/** Limits that every device has. */
const MEMORY = 16_384;
const INVOCATIONS = 256;

const document = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');

type Row = Readonly<Record<string, string>>;

/** The rows of the first table after a heading, by the names of its columns. */
function tableOf(heading: string): Row[] {
  const [, section] = document.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`docs/performance.md has no section '${heading}'`);
  const lines = section
    .split('\n## ')[0]!
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.replaceAll('`', '').trim()));
  const [names, , ...rows] = lines;
  return rows.map((cells) => Object.fromEntries(names!.map((name, i) => [name, cells[i]!])));
}

/** A number with spaces between its thousands. */
const numberOf = (text: string) => Number(text.replaceAll(' ', ''));

/** A softmax, its VJP or another operation in a regime. */
const kernelsOf = (op: string, length: number, inner: number, regime: RegimeName) =>
  rowDispatches(planRows(op, taskOf(op, { length, inner, regime }), device)).map(
    ({ kernel }) => kernel,
  );

/** The kernels of the table of variants, those of the default precision, and the largest of each regime. */
function everyKernel(): RowKernel[] {
  const large = [...rowOps].flatMap(([name, { acrossRows }]) =>
    [28, 128, 2048, 16_384, 1_500_000].flatMap((length) =>
      (acrossRows ? [1] : [1, 8]).flatMap((inner) =>
        regimeNames
          .filter((regime) => canTake(regime, length, inner > 1, device))
          .flatMap((regime) => kernelsOf(name, length, inner, regime)),
      ),
    ),
  );
  const own = allVariants().filter(({ high }) => !high);
  const all = [...own.map(rowKernel), ...large];
  return [...new Map(all.map((kernel) => [kernel.name, kernel])).values()];
}

const variants = everyKernel().map((kernel) => ({
  name: kernel.name,
  variant: kernel.variant,
  traffic: trafficOf(kernel),
}));

describe('Each dispatch', () => {
  const keyOf = ({ phase, scope: lanes, walk, stored }: Variant) =>
    [phase, lanes, `${walk}${stored ? ', set aside' : ''}`].join(' | ');
  const lanes = new Set<string>(regimeNames.map((name) => regimes[name].scope));
  const table = tableOf('Each dispatch').filter((row) => lanes.has(row.lanes!));
  const isFlat = (row: Row) => row.dispatch!.startsWith('flat, ');
  const rows = new Map(
    table
      .filter((row) => !isFlat(row))
      .map((row) => [`${row.dispatch} | ${row.lanes} | ${row.walk}`, row]),
  );

  test('has all variants, and no others', () => {
    const found = new Set(variants.map(({ variant }) => keyOf(variant)));
    expect([...rows.keys()].sort()).toEqual([...found].sort());
  });

  test('says how often each of them reads and writes an element, and waits', () => {
    for (const { name, variant, traffic } of variants) {
      const row = rows.get(keyOf(variant))!;
      const { hasMax } = variant.op;
      const { reads, writes } = traffic;
      const has = [hasMax, true, variant.writes.includes('y')];
      const sum = (column: string) => {
        const parts = row[column]!.split('+').map(numberOf);
        return parts.length === 1 ? parts[0]! : total(parts.filter((_, pass) => has[pass]));
      };
      const inUse = (role: 'x' | 'v' | 'mask', n: number) => (variant.reads.includes(role) ? n : 0);
      expect(traffic, name).toMatchObject({
        reads: {
          x: inUse('x', sum('x')),
          v: inUse('v', sum('v')),
          y: sum('y read'),
          mask: inUse('mask', sum('x')),
        },
        writes: { x: 0, v: 0, y: sum('y written'), mask: 0 },
        barriers: sum('barriers'),
      });
      expect(writes.y > 0, name).toBe(variant.writes.includes('y'));
      expect(reads.x > 0, name).toBe(variant.reads.includes('x'));
    }
  });

  test('has the map over elements, as it is', () => {
    const maps = table.filter(isFlat);
    expect(maps.map(({ dispatch }) => dispatch)).toEqual([`flat, ${convertMap.name}`]);
    for (const row of maps) {
      const found = trafficOf(flatKernel(convertMap, { x: 'f32', y: 'f32' }, undefined));
      expect(found, convertMap.name).toMatchObject({
        reads: { x: numberOf(row.x!), v: numberOf(row.v!), y: numberOf(row['y read']!), mask: 0 },
        writes: { x: 0, v: 0, y: numberOf(row['y written']!), mask: 0 },
        barriers: numberOf(row.barriers!),
        workgroupBytes: numberOf(row['workgroup memory']!),
        registers: numberOf(row.registers!),
      });
    }
  });

  test('says how much memory and how many registers the largest takes', () => {
    for (const [key, row] of rows) {
      const same = variants.filter(({ variant }) => keyOf(variant) === key);
      const most = (cost: 'workgroupBytes' | 'registers') =>
        Math.max(...same.map(({ traffic }) => traffic[cost]));
      expect([most('workgroupBytes'), most('registers')], key).toEqual(
        [row['workgroup memory']!, row.registers!].map(numberOf),
      );
    }
  });

  test('none takes more than every device has', () => {
    for (const { name, variant, traffic } of variants) {
      expect(traffic.workgroupBytes, name).toBeLessThanOrEqual(MEMORY);
      expect(variant.workgroupSize, name).toBeLessThanOrEqual(INVOCATIONS);
    }
  });
});

test('Loads and stores of a quad', () => {
  const rows = new Map(tableOf('Loads and stores of a quad').map((row) => [row.elements!, row]));
  const seen = new Set<string>();
  // Each layout with f32 and with both kinds of f16.
  const plain = variants.filter(
    ({ variant }) =>
      variant.op.name === 'log-softmax' &&
      variant.phase === 'row' &&
      variant.scope === 'invocation' &&
      variant.walk === 'streamed' &&
      variant.half.length === 0,
  );
  for (const { variant } of plain) {
    for (const elements of ['f32', 'f16, packed', 'f16, typed'] as const) {
      const half: Variant['half'] = elements === 'f32' ? [] : ['x', 'y'];
      const halves = halvesBy(elements === 'f16, typed' ? 'typed' : 'integer');
      const { loads, stores } = trafficOf(rowKernel({ ...variant, half, halves }));
      const key = [
        elements,
        variant.orientation === 'row' ? 'side by side' : 'apart',
        variant.layout,
      ].join(', ');
      const row = rows.get(key);
      if (!row) throw new Error(`no row '${key}'`);
      expect([loads.x, stores.y], key).toEqual([row.loads!, row.stores!].map(numberOf));
      seen.add(key);
    }
  }
  expect([...seen].sort()).toEqual([...rows.keys()].sort());
});

test('f16 results of an odd K are rounded in a second dispatch, but for the type f16', () => {
  for (const o of [
    { length: 1001, inner: 1 },
    { length: 1000, inner: 3 },
  ]) {
    const planned = (halfConversion: HalfConversion) => {
      const task = taskOf('softmax', { ...o, f16: 'all' });
      const plan = planRows('softmax', task, { ...device, halves: halvesBy(halfConversion) });
      const ops = dispatchesOf(plan).map(({ kernel }) => kernel.name.split(' ')[0]);
      return { ops, scratch: Object.fromEntries(plan.scratch) };
    };
    const count = 2 * o.length * o.inner;
    const packed = { ops: ['softmax', 'convert'], scratch: { wide: 4 * count } };
    expect(planned('integer')).toEqual(packed);
    expect(planned('native')).toEqual(packed);
    expect(planned('typed')).toEqual({ ops: ['softmax'], scratch: {} });
  }
});

/** A row that two tables begin with: a regime, the way of its rows, and a range of lengths. */
function samplesOf(row: Row) {
  const regime = row.regime as RegimeName;
  const inner = row.elements === 'apart' ? 8 : 1;
  const [low, high] = row.K === 'any' ? [1, 1_500_000] : row.K!.split('…').map(numberOf);
  const lengths = [low!, Math.ceil(Math.sqrt(low! * high!)), high!];
  const costs = (op: string, length: number) => kernelsOf(op, length, inner, regime).map(trafficOf);
  return { regime, inner, lengths, longest: high!, costs };
}

const ofRegimes = (heading: string) =>
  tableOf(heading).filter(({ regime }) => (regimeNames as string[]).includes(regime!));

describe('Each regime', () => {
  const rows = ofRegimes('Each regime');

  test('has every regime', () => {
    expect([...new Set(rows.map(({ regime }) => regime))].sort()).toEqual([...regimeNames].sort());
  });

  test.each(rows)('$regime, $elements, K $K', (row) => {
    const { lengths, costs } = samplesOf(row);
    for (const length of lengths) {
      const found = (['softmax', 'softmax-vjp'] as const).flatMap((op) => {
        const all = costs(op, length);
        const sum = (access: 'reads' | 'writes') =>
          total(all.flatMap((cost) => Object.values(cost[access])));
        const [reads, writes] = [sum('reads'), sum('writes')];
        return [all.length, reads, writes, 4 * (reads + writes)];
      });
      const says = (op: string) =>
        ['dispatches', `${op} reads`, `${op} writes`, `${op} bytes`].map((column) =>
          numberOf(row[column]!),
        );
      expect(found, `K = ${length}`).toEqual([...says('softmax'), ...says('VJP')]);
    }
  });

  test('rows it takes are as long as the table says', () => {
    for (const regime of regimeNames) {
      for (const inner of [1, 8]) {
        const way = inner > 1 ? 'apart' : 'side by side';
        const longest = Math.max(
          0,
          ...rows
            .filter((row) => row.regime === regime && row.elements === way)
            .map((row) => (row.K === 'any' ? Number.POSITIVE_INFINITY : samplesOf(row).longest)),
        );
        const takes = (length: number) => canTake(regime, length, inner > 1, device);
        const powers = Array.from({ length: 31 }, (_, e) => 2 ** e);
        const most = takes(2 ** 30)
          ? Number.POSITIVE_INFINITY
          : Math.max(0, ...powers.filter(takes));
        expect(longest, `${regime}, ${way}`).toBe(most);
        expect(takes(most + 1), `${regime}, ${way}`).toBe(most === Number.POSITIVE_INFINITY);
      }
    }
  });
});

test.each(ofRegimes('What a workgroup holds'))('$regime, $elements, K $K: a workgroup', (row) => {
  const { regime, inner, longest, costs } = samplesOf(row);
  const [{ variant }] = kernelsOf('softmax', longest, inner, regime) as [RowKernel];
  // There are few rows here, over which invocations that walk alone spread.
  const invocations = variant.scope === 'invocation' ? 64 : variant.workgroupSize;
  const [softmax, vjp] = (['softmax', 'softmax-vjp'] as const).map((op) => {
    const all = costs(op, longest);
    return {
      registers: Math.max(...all.map((cost) => cost.registers)),
      memory: Math.max(...all.map((cost) => cost.workgroupBytes)),
      barriers: total(all.map((cost) => cost.barriers)),
    };
  });
  const rows = `${(invocations / variant.lanes) * (inner > 1 ? 4 : 1)}`;
  const both = (name: 'registers' | 'memory' | 'barriers') => `${softmax![name]}, ${vjp![name]}`;
  const byMemory = [softmax!, vjp!].map(({ memory }) =>
    memory === 0 ? '–' : `${Math.floor(MEMORY / memory)}`,
  );
  const plain = (text: string) => text.replace(/(\d) (?=\d)/g, '$1');
  expect(row).toMatchObject({ invocations: `${invocations}`, rows });
  expect({
    registers: plain(row.registers!),
    memory: plain(row['workgroup memory']!),
    barriers: row.barriers,
    resident: [row['resident by memory'], row['resident by invocations']],
  }).toEqual({
    registers: both('registers'),
    memory: both('memory'),
    barriers: both('barriers'),
    resident: [byMemory.join(', '), `${Math.floor(INVOCATIONS / invocations)}`],
  });
});

test('as many reads, writes and barriers as kernels count while they run', async () => {
  const page = await openPage();
  const found = await callInPage<typeof compare>(page, '/test/kernels/traffic.page.ts', 'compare');
  console.log(`${found.length} tasks counted`);
  for (const { name, expected, counted } of found) expect(counted, name).toEqual(expected);
  expect(found.length).toBeGreaterThan(30);
  for (const { name, expected } of found) expect(expected.reads.x, name).toBeGreaterThan(0);
});
