import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../bench/arguments';
import type { RegimeTime, VariantsResult } from '../../bench/bench-variants';
import type { runVariants } from '../../bench/run';
import { elementsOf, rowsOf } from '../../bench/shapes';
import {
  formatLaggards,
  formatVariants,
  laggardsOf,
  VARIANTS_HEAD,
  variantsTasks,
} from '../../bench/variants-table';
import { callInPage, openPage } from '../browser/page';

describe('the grid', () => {
  it('has few rows and many, as rows and as columns, of every length', () => {
    const rows = variantsTasks(false).map(({ shape }) => rowsOf(shape));
    for (const wanted of [3, 33, 1000, 4097, 6625, 131_075, 1_000_003]) {
      const found = rows.filter(({ length }) => length === wanted);
      expect(new Set(found.map(({ inner }) => inner === 1)).size, `${wanted}`).toBe(2);
      expect(new Set(found.map(({ count }) => count)).size, `${wanted}`).toBeGreaterThan(1);
    }
    for (const { shape, ops } of variantsTasks(false)) {
      expect(elementsOf(shape)).toBeLessThanOrEqual(2 ** 23);
      expect(ops).toEqual(['softmax']);
    }
    expect(variantsTasks(true).length).toBeLessThan(variantsTasks(false).length / 2);
  });

  it('is what the part variants runs, of the shapes and operations asked for', () => {
    const { ocr, table, growth, variants } = readArguments(['variants', '--quick'])!;
    expect({ ocr, table, growth }).toEqual({ ocr: false, table: [], growth: [] });
    expect(variants).toEqual(variantsTasks(true));
    const argv = ['variants', '--shapes', '7x33,9x5@0', '--ops', 'softmaxVjp,softmaxJacobian'];
    expect(readArguments(argv)!.variants).toEqual([
      { shape: { dims: [7, 33], axis: 1 }, ops: ['softmaxVjp'] },
      { shape: { dims: [9, 5], axis: 0 }, ops: ['softmaxVjp'] },
    ]);
    expect(() => readArguments(['variants', '--ops', 'softmaxJacobian'])).toThrow(
      "--ops: expected operations with regimes, got 'softmaxJacobian', which has one kernel",
    );
    expect(readArguments(['table'])!.variants).toEqual([]);
  });
});

describe('the table', () => {
  const time = (regime: RegimeTime['regime'], ratio: number, more: Partial<RegimeTime> = {}) => ({
    regime,
    milliseconds: 2 * ratio,
    ratio,
    chosen: false,
    cut: null,
    ...more,
  });
  const result = (behind: number): VariantsResult => ({
    shape: { dims: [7, 33], axis: 1 },
    op: 'softmax',
    dtype: 'f32',
    timer: 'timestamp-query',
    regimes: [
      time('row-per-invocation', behind, { chosen: true }),
      time('row-per-workgroup', 1.4, { cut: 'warm-up' }),
      time('split-per-invocation', 1),
      time('split-per-workgroup', 20, { cut: 'probe', milliseconds: 0.1 }),
    ],
  });

  it('has a cell for each regime', () => {
    const [head, line] = [VARIANTS_HEAD, formatVariants(result(1.07))].map(
      stripVTControlCharacters,
    );
    expect(line!.split(/ {2,}/).map((cell) => cell.trim())).toEqual([
      '7 × 33',
      '2.000',
      '1.07*',
      '-',
      '~1.40',
      '1.00',
      '~~20.00',
    ]);
    expect(head!.length).toBe(line!.length);
    expect(head!.length).toBeLessThanOrEqual(120);
  });

  it('names the shapes where the planner is more than 10 % behind', () => {
    const results = [result(1.07), result(1.25)];
    expect(laggardsOf(results).map(({ result }) => result)).toEqual([results[1]]);
    expect(stripVTControlCharacters(formatLaggards(results))).toBe(
      'The choice of the planner is more than 10 % behind the best at 1 of 2:\n' +
        '  softmax of 7 × 33: row-per-invocation takes 1.25 times as long as split-per-invocation',
    );
    expect(formatLaggards([result(1.1)])).toContain('within 10 % of the best');
  });
});

it('times every regime that can take the rows', async () => {
  const page = await openPage('/bench/page.html');
  await page.evaluate(() => {
    globalThis.reportProgress = () => {};
  });
  const run = (text: string, ops: string) => {
    const [task] = readArguments(['variants', '--shapes', text, '--ops', ops])!.variants;
    return callInPage<typeof runVariants>(page, '/bench/run.ts', 'runVariants', task!, {
      rounds: 3,
      sampleMs: 1,
    });
  };
  const rows = await run('7x5000', 'softmax,softmaxVjp');
  expect(rows.map(({ op }) => op)).toEqual(['softmax', 'softmaxVjp']);
  const [columns] = await run('5000x7@0', 'softmax');
  for (const { regimes } of [...rows, columns!]) {
    expect(regimes.filter(({ chosen }) => chosen)).toHaveLength(1);
    const sampled = regimes.filter(({ cut }) => cut === null);
    expect(Math.min(...sampled.map(({ ratio }) => ratio))).toBe(1);
    for (const { milliseconds } of regimes) expect(milliseconds).toBeGreaterThan(0);
  }
  const names = (result: VariantsResult) => result.regimes.map(({ regime }) => regime);
  for (const row of rows) {
    expect(names(row)).toEqual(
      expect.arrayContaining(['row-per-workgroup', 'split-per-invocation', 'split-per-workgroup']),
    );
  }
  expect(names(columns!).sort()).toEqual(['split-per-invocation', 'split-per-workgroup']);
});
