import { expect, test } from 'vitest';
import { readArguments } from '../../bench/arguments';
import type { SampleResult } from '../../bench/sample/bench';
import { drawOfTopK, drawOfTopP } from '../../bench/sample/javascript';
import { formatSample, sampleFailures } from '../../bench/sample/report';
import { callInPage, openPage } from '../browser/page';
import type { small } from './sample.page';

test('the part is told by its name, every vocabulary with every batch, and has shapes of its own', () => {
  expect(readArguments(['sample'])).toMatchObject({ table: [], ocr: false, rounds: 5 });
  expect(readArguments(['sample'])!.sample).toHaveLength(12);
  expect(readArguments(['sample', '--quick'])!.sample).toHaveLength(2);
  expect(readArguments(['table', '--quick'])!.sample).toEqual([]);
  expect(() => readArguments(['sample', '--ops', 'softmax'])).toThrow('and sample has its own');
});

test('JavaScript draws what is kept, as often as it should', () => {
  const row = Float32Array.from([0.1, 0.4, 0.3, 0.05, 0.15], Math.log);
  const drawsOf = (draw: () => number) => {
    const counts = new Float64Array(5);
    for (let i = 0; i < 20_000; i++) counts[draw()]! += 1 / 20_000;
    return counts;
  };
  const close = (found: Float64Array, wanted: number[]) =>
    expect([...found].map((share, i) => Math.abs(share - wanted[i]!) < 0.02)).not.toContain(false);
  close(
    drawsOf(() => drawOfTopK(row, 1, 3)),
    [0, 0.4 / 0.85, 0.3 / 0.85, 0, 0.15 / 0.85],
  );
  close(
    drawsOf(() => drawOfTopP(row, 1, 0.7)),
    [0, 4 / 7, 3 / 7, 0, 0],
  );
  close(
    drawsOf(() => drawOfTopP(row, 0.1, 0.5)),
    [0, 1, 0, 0, 0],
  );
});

test('a small batch is drawn and timed by every candidate', async () => {
  const result = (await callInPage<typeof small>(
    await openPage(),
    '/test/bench/sample.page.ts',
    'small',
  )) as SampleResult;
  expect(result).toMatchObject({ rows: 3, classes: 301, source: 'noise', wrong: 0 });
  expect(result.timings.map(({ bytes }) => bytes)).toEqual([0, 12, 12, 12, 12, 12, 12, 3612, 3612]);
  for (const { milliseconds } of result.timings) expect(milliseconds).toBeGreaterThan(0);
  expect(formatSample(result)).toContain('the next token, 3 × 301');
  expect(sampleFailures([result])).toEqual([]);
  expect(sampleFailures([{ ...result, wrong: 2 }])).toEqual([
    "the next token, 3 × 301: 2 tokens are not the reference's",
  ]);
});
