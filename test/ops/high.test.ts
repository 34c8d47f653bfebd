/**
 * `precision: 'high'` at every distance from the maximum, in every regime, up to rows of 2²⁰: within
 * its bounds, which are 6 ULP for probabilities. The largest errors are printed.
 */
import { expect, test } from 'vitest';
import { callInPage, sharedPage } from '../browser/page';
import { check } from '../harness/summary';
import type { HighOp, measureHigh } from './high.page';
import type { runSpecialsOf } from './matrix.page';

const PAGE = '/test/ops/high.page.ts';
const page = await sharedPage();

const ops: readonly HighOp[] = [
  'softmax',
  'logSoftmax',
  'logSumExp',
  'logSumExpVjp',
  'crossEntropyWithGrad',
  'crossEntropyGrad of probabilities',
];
/** Straight-line code; all scales; several chunks; columns. */
const shapes = [
  { rows: 7, length: 7, strided: false, scales: [0.7] },
  { rows: 4, length: 1000, strided: false, scales: [1, 0.7, 3] },
  { rows: 4, length: 10_000, strided: false, scales: [0.7] },
  { rows: 4, length: 4096, strided: true, scales: [3] },
] as const;

const cases = [
  ...ops.flatMap((op) =>
    shapes.flatMap(({ scales, ...shape }) => scales.map((scale) => ({ op, scale, ...shape }))),
  ),
  ...(['softmax', 'crossEntropyWithGrad'] as const).map((op) => {
    return { op, scale: 0.7, rows: 1, length: 2 ** 20, strided: false };
  }),
  { op: 'softmax', scale: 3, rows: 3, length: 2 ** 20, strided: true } as const,
];

test.each(ops)('%s', async (name) => {
  for (const { op, rows, length, scale, strided } of cases) {
    if (op !== name) continue;
    const measured = await callInPage<typeof measureHigh>(
      page,
      PAGE,
      'measureHigh',
      op,
      rows,
      length,
      scale,
      strided,
    );
    for (const { regime, ulps, reports } of measured) {
      const worst = Object.entries(ulps).map(([result, ulp]) => `${result} ${ulp.toFixed(2)}`);
      const shape = strided ? `${length} × ${rows} along axis 0` : `${rows} × ${length}`;
      console.log(`${op} ${shape}, scale ${scale}, ${regime}: ${worst.join(', ')} ULP`);
      expect(reports.join('\n\n')).toBe('');
      if (op === 'softmax') expect(ulps.out).toBeLessThan(6);
    }
    expect(measured.length).toBeGreaterThan(0);
  }
});

test.each(['softmax', 'crossEntropyWithGrad'] as const)('special values in %s', async (op) => {
  const kernel = { op, precision: 'high' } as const;
  const summary = callInPage<typeof runSpecialsOf>(
    page,
    '/test/ops/matrix.page.ts',
    'runSpecialsOf',
    kernel,
    // Straight-line code, and several chunks.
    [5, 4097],
  );
  check(`special ${op} of high precision`, await summary);
});
