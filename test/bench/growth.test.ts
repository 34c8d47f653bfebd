import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../bench/arguments';
import type { OpMeasured, ShapeResult } from '../../bench/bench-shape';
import { formatGrowth, growthFailures, growthOf, growthTasks } from '../../bench/growth';
import type { runShapes } from '../../bench/run';
import { elementsOf, rowsOf } from '../../bench/shapes';
import { callInPage, openPage } from '../browser/page';

describe('pairs of shapes', () => {
  it('have 2²⁰ and 2²⁴ elements, and differ in one dimension', () => {
    const tasks = growthTasks(false);
    for (const [small, large] of tasks) {
      expect(small.ops).toEqual(['softmax', 'crossEntropyWithGrad']);
      expect(large.ops).toEqual(small.ops);
      // But for less than a row.
      expect(Math.abs(elementsOf(small.shape) / 2 ** 20 - 1)).toBeLessThan(0.001);
      expect(Math.abs(elementsOf(large.shape) / 2 ** 24 - 1)).toBeLessThan(0.003);
      const [before, after] = [rowsOf(small.shape), rowsOf(large.shape)];
      expect(before.count === after.count).not.toBe(before.length === after.length);
    }
    const rows = tasks.filter(([small, large]) => small.shape.dims[1] === large.shape.dims[1]);
    expect(rows.map(([small]) => small.shape.dims[1])).toEqual([10, 128, 1000, 4096, 32_768]);
    expect(tasks.length - rows.length).toBe(1);
  });

  it('are what the part growth runs, of the operations asked for', () => {
    const { ocr, table, growth } = readArguments(['growth', '--quick', '--ops', 'softmaxVjp'])!;
    expect({ ocr, table }).toEqual({ ocr: false, table: [] });
    expect(growth).toEqual(growthTasks(true, ['softmaxVjp']));
    expect(growth.length).toBeLessThan(growthTasks(false).length);
  });
});

describe('growth', () => {
  const result = (dims: number[], times: Record<string, number>, floor: number): ShapeResult => ({
    shape: { dims, axis: 1 },
    dtype: 'f32',
    timer: 'timestamp-query',
    floors: [
      {
        traffic: '1 read, 1 write',
        kernel: 'runs of 64',
        milliseconds: floor,
        gigabytesPerSecond: 1,
        family: [],
      },
    ],
    ops: Object.entries(times).map(([op, milliseconds]) => ({
      op: op as OpMeasured['op'],
      variants: [`${op} row invocation64 streamed vec4 x→y`],
      milliseconds,
      samples: [milliseconds],
      gigabytesPerSecond: 1,
      floor: '1 read, 1 write',
      floorRatio: milliseconds / floor,
      check: { checked: 1, rows: 1, failures: 0, maxUlp: 1, maxShare: 1 },
    })),
  });
  const small = result([1000, 100], { softmax: 1, logSoftmax: 2, crossEntropyWithGrad: 3 }, 0.5);
  const large = result(
    [16_000, 100],
    { softmax: 20.7, logSoftmax: 42, crossEntropyWithGrad: 30 },
    16,
  );

  it('is of the time per element', () => {
    const [softmax, logSoftmax, crossEntropy] = growthOf([small, large]);
    expect(softmax!.smallNs).toBeCloseTo(10, 12);
    expect(softmax!.largeNs).toBeCloseTo(20.7 / 1.6, 12);
    expect(softmax!.ratio).toBeCloseTo(20.7 / 16, 12);
    expect(softmax!.floorRatio).toBeCloseTo(2, 12);
    expect(logSoftmax!.ratio).toBeCloseTo(42 / 32, 12);
    expect(crossEntropy!.ratio).toBeCloseTo(30 / 48, 12);
  });

  it('fails over 1.3', () => {
    expect(growthFailures([small, large])).toEqual([
      'logSoftmax of 1\u00a0000 × 100 to 16\u00a0000 × 100: time per element grows 1.31 times, more than 1.3',
    ]);
    expect(growthFailures([small, small])).toEqual([]);
  });

  it('is a table, without what did not run on both', () => {
    const broken = { ...large, ops: [{ op: 'softmax', error: 'lost' }, ...large.ops.slice(1)] };
    const [title, head, ...rows] = stripVTControlCharacters(
      formatGrowth([small, broken as ShapeResult]),
    ).split('\n');
    expect(title).toBe('1\u00a0000 × 100 to 16\u00a0000 × 100  timer timestamp-query');
    expect(rows.map((row) => row.split(/\s+/).slice(0, 5))).toEqual([
      ['logSoftmax', '20.000', '26.250', '1.31', '2.00'],
      ['crossEntropyWithGrad', '30.000', '18.750', '0.63', '2.00'],
    ]);
    expect(rows[0]!.indexOf('1.31') + 4).toBe(head!.indexOf('growth') + 6);
    expect(rows[0]).toContain('row invocation64 vec4');
  });

  it('is measured with both shapes in turn, each beside its own floor', async () => {
    const tasks = [7, 700].map((rows) => ({
      shape: { dims: [rows, 33], axis: 1 },
      ops: ['softmax', 'crossEntropyWithGrad'] as const,
    }));
    const page = await openPage('/bench/page.html');
    await page.evaluate(() => {
      globalThis.reportProgress = () => {};
    });
    const results = await callInPage<typeof runShapes>(page, '/bench/run.ts', 'runShapes', tasks, {
      rounds: 3,
      sampleMs: 1,
    });
    expect(results.map(({ shape }) => shape)).toEqual(tasks.map(({ shape }) => shape));
    for (const { ops, floors } of results) {
      expect(floors.map(({ traffic }) => traffic)).toEqual(['1 read, 1 write']);
      for (const op of ops as OpMeasured[]) {
        expect(op.check.failures).toBe(0);
        expect(op.samples).toHaveLength(3);
        expect(op.floorRatio).toBeCloseTo(op.milliseconds / floors[0]!.milliseconds, 9);
      }
    }
    const growth = growthOf(results);
    expect(growth.map(({ op }) => op)).toEqual(['softmax', 'crossEntropyWithGrad']);
    for (const { ratio, floorRatio } of growth) {
      expect(ratio).toBeGreaterThan(0);
      expect(floorRatio).toBeGreaterThan(0);
    }
  });
});
