/** The tables of `docs/performance.md` say what is counted in the WGSL, and that is what happens. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type KernelOpName, kernelOps } from '../../src/rows/kernel-ops';
import { planConvert, planRows } from '../../src/rows/plan';
import { type RegimeName, regimeNames, regimes } from '../../src/rows/regimes';
import { canTake } from '../../src/rows/tiers';
import { type HalfConversion, type Variant, variantName } from '../../src/rows/variant';
import { callInPage, openPage } from '../browser/page';
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

const steps = (plan: ReturnType<typeof planRows>) =>
  plan.steps.filter((step) => step.kind === 'dispatch').map(({ variant }) => variant);

/** A softmax, its VJP or another operation in a regime. */
const variantsOf = (op: KernelOpName, length: number, inner: number, regime: RegimeName) =>
  steps(planRows(op, taskOf(op, { length, inner, regime }), device));

/** The table of variants, those of the default precision, and the largest of each regime. */
function everyVariant(): Variant[] {
  const rowOps = (Object.keys(kernelOps) as KernelOpName[]).filter(
    (op) => op !== 'softmax-jacobian' && op !== 'convert',
  );
  const large = rowOps.flatMap((op) =>
    [28, 128, 2048, 16_384, 1_500_000].flatMap((length) =>
      (kernelOps[op].acrossRows ? [1] : [1, 8]).flatMap((inner) =>
        regimeNames
          .filter((name) => canTake(name, length, inner > 1, device))
          .flatMap((name) => variantsOf(op, length, inner, name)),
      ),
    ),
  );
  const region = { buffer: {} as GPUBuffer, byteOffset: 0, dtype: 'f32', count: 8 } as const;
  const convert = steps(planConvert('convert', { from: region, to: { ...region } }, device));
  const own = allVariants().filter(({ precision }) => precision !== 'high');
  const all = [...own, ...large, ...convert];
  return [...new Map(all.map((variant) => [variantName(variant), variant])).values()];
}

const variants = everyVariant().map((variant) => ({ variant, traffic: trafficOf(variant) }));

describe('Each dispatch', () => {
  const keyOf = ({ op, phase, lanes, walk, stored }: Variant) =>
    [phase === 'flat' ? `flat, ${op}` : phase, lanes, `${walk}${stored ? ', set aside' : ''}`].join(
      ' | ',
    );
  const lanes = new Set<string>(regimeNames.map((name) => regimes[name].lanes));
  const rows = new Map(
    tableOf('Each dispatch')
      .filter((row) => lanes.has(row.lanes!))
      .map((row) => [`${row.dispatch} | ${row.lanes} | ${row.walk}`, row]),
  );

  test('has all variants, and no others', () => {
    const found = new Set(variants.map(({ variant }) => keyOf(variant)));
    expect([...rows.keys()].sort()).toEqual([...found].sort());
  });

  test('says how often each of them reads and writes an element, and waits', () => {
    for (const { variant, traffic } of variants) {
      const row = rows.get(keyOf(variant))!;
      const { hasPeak } = kernelOps[variant.op];
      const { reads, writes } = traffic;
      const has = [hasPeak, true, variant.writes.includes('y')];
      const sum = (column: string) => {
        const parts = row[column]!.split('+').map(numberOf);
        return parts.length === 1 ? parts[0]! : total(parts.filter((_, pass) => has[pass]));
      };
      const inUse = (role: 'x' | 'v' | 'mask', n: number) => (variant.reads.includes(role) ? n : 0);
      expect(traffic, variantName(variant)).toMatchObject({
        reads: {
          x: inUse('x', sum('x')),
          v: inUse('v', sum('v')),
          y: sum('y read'),
          mask: inUse('mask', sum('x')),
        },
        writes: { x: 0, v: 0, y: sum('y written'), mask: 0 },
        barriers: sum('barriers'),
      });
      expect(writes.y > 0, variantName(variant)).toBe(variant.writes.includes('y'));
      expect(reads.x > 0, variantName(variant)).toBe(variant.reads.includes('x'));
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
    for (const { variant, traffic } of variants) {
      expect(traffic.workgroupBytes, variantName(variant)).toBeLessThanOrEqual(MEMORY);
      expect(variant.workgroupSize, variantName(variant)).toBeLessThanOrEqual(INVOCATIONS);
    }
  });
});

test('Loads and stores of a quad', () => {
  const rows = new Map(tableOf('Loads and stores of a quad').map((row) => [row.elements!, row]));
  const seen = new Set<string>();
  // Each layout with f32 and with both kinds of f16.
  const plain = variants.filter(
    ({ variant }) =>
      variant.op === 'log-softmax' &&
      variant.phase === 'row' &&
      variant.lanes === 'invocation' &&
      variant.walk === 'streamed' &&
      variant.half.length === 0,
  );
  for (const { variant } of plain) {
    for (const elements of ['f32', 'f16, packed', 'f16, typed'] as const) {
      const half: Variant['half'] = elements === 'f32' ? [] : ['x', 'y'];
      const halfConversion = elements === 'f16, typed' ? 'typed' : 'integer';
      const { loads, stores } = trafficOf({ ...variant, half, halfConversion });
      const key = [
        elements,
        variant.quad === 'row' ? 'side by side' : 'apart',
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
      const plan = planRows('softmax', task, { ...device, halfConversion });
      const ops = plan.steps.map((step) => step.kind === 'dispatch' && step.variant.op);
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
  const costs = (op: KernelOpName, length: number) =>
    variantsOf(op, length, inner, regime).map(trafficOf);
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
        const takes = canTake(regime, 1, inner > 1, device);
        const most = takes ? regimes[regime].maxQuads * (inner > 1 ? 1 : 4) : 0;
        expect(longest, `${regime}, ${way}`).toBe(most);
      }
    }
  });
});

test.each(ofRegimes('What a workgroup holds'))('$regime, $elements, K $K: a workgroup', (row) => {
  const { regime, inner, longest, costs } = samplesOf(row);
  const { lanes, workgroupSizes } = regimes[regime];
  const invocations = workgroupSizes.at(-1)!;
  const [softmax, vjp] = (['softmax', 'softmax-vjp'] as const).map((op) => {
    const all = costs(op, longest);
    return {
      registers: Math.max(...all.map((cost) => cost.registers)),
      memory: Math.max(...all.map((cost) => cost.workgroupBytes)),
      barriers: total(all.map((cost) => cost.barriers)),
    };
  });
  const rows = {
    invocation: `${invocations * (inner > 1 ? 4 : 1)}`,
    tile: `${invocations}`,
    subgroup: `${invocations} / size`,
    workgroup: '1',
  }[lanes as string];
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
