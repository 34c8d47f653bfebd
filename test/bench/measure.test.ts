import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import Ajv from 'ajv/dist/2020';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../bench/arguments';
import type { OpMeasured, ShapeResult } from '../../bench/bench-shape';
import { sampleRows, takeRows } from '../../bench/check';
import { formatVariant } from '../../bench/format';
import { median, moreCalls } from '../../bench/measure';
import { opNames } from '../../bench/ops';
import { failuresOf, formatShape } from '../../bench/report';
import type { Results } from '../../bench/results';
import { parseShape, shapeId, shapeTitle } from '../../bench/shapes';
import { callInPage, openPage } from '../browser/page';
import type { abortAtThirdStep, measureCopies } from './measure.page';

describe('timing', () => {
  it('takes the middle sample', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 100])).toBe(3);
    expect(median([5])).toBe(5);
    expect(median([])).toBeNaN();
  });

  it('adds calls until a sample is long enough, step by step', () => {
    expect(moreCalls(1, 4, 10)).toBe(3);
    expect(moreCalls(1, 0, 10)).toBe(8);
    expect(moreCalls(8, 9.99, 10)).toBe(9);
    expect(moreCalls(500, 1, 10)).toBe(512);
  });

  it('samples each candidate in each round, but not the slow of a family', async () => {
    const page = await openPage();
    const measured = await callInPage<typeof measureCopies>(
      page,
      '/test/bench/measure.page.ts',
      'measureCopies',
    );
    expect(measured.page.timer).toBe('wall clock');
    for (const { timings } of Object.values(measured)) {
      expect(timings.map((t) => t.samples.length)).toEqual([3, 3, 1]);
      for (const t of timings) expect(t.milliseconds).toBeGreaterThan(0);
      expect(timings[2]!.milliseconds).toBeGreaterThan(2 * timings[1]!.milliseconds);
    }
  });

  it('stops when it is aborted, with the reason', async () => {
    const page = await openPage();
    const module = '/test/bench/measure.page.ts';
    const found = await callInPage<typeof abortAtThirdStep>(page, module, 'abortAtThirdStep');
    expect(found).toEqual({ error: 'enough', steps: 3 });
  });
});

describe('shapes', () => {
  it.each([
    ['1000x10', [1000, 10], 1, '1\u00a0000 × 10'],
    ['1000000x10@0', [1_000_000, 10], 0, '1\u00a0000\u00a0000 × 10, axis 0'],
    ['2x3x4@1', [2, 3, 4], 1, '2 × 3 × 4, axis 1'],
    ['1x5', [1, 5], 1, '1 × 5'],
  ])('reads %s', (text, dims, axis, title) => {
    const shape = parseShape(text)!;
    expect(shape).toEqual({ dims, axis });
    expect(shapeId(shape)).toBe(text);
    expect(shapeTitle(shape)).toBe(title);
    expect(parseShape(`${dims.join('x')}@${axis - dims.length}`)).toEqual(shape);
  });

  it.each(['', '3', '3x', 'x3', '3×4', '-1x3', '0x3', '2x3@2', '2x3@-3', '1.5', '8193x4096'])(
    'refuses %s',
    (text) => expect(parseShape(text)).toBeUndefined(),
  );
});

describe('rows that are checked', () => {
  it('are all of few, or the first, the last and some between', () => {
    expect(sampleRows(3, 10)).toEqual([0, 1, 2]);
    expect(sampleRows(2, 0.1)).toEqual([0, 1]);
    const rows = sampleRows(1000, 20);
    expect(rows).toHaveLength(20);
    expect(rows[0]).toBe(0);
    expect(rows.at(-1)).toBe(999);
    expect(new Set(rows).size).toBe(20);
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
    expect(sampleRows(1000, 0.5)).toEqual([0, 999]);
  });

  it('are taken along any axis', () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => i);
    const shape = { dims: [2, 3, 4], axis: 1 };
    // Rows 1 and 6 are at [0, :, 1] and [1, :, 2].
    expect(takeRows(data, shape, 'tensor', [1, 6])).toEqual({
      data: Float32Array.of(1, 5, 9, 14, 18, 22),
      shape: [2, 3],
    });
    const values = Int32Array.from({ length: 8 }, (_, i) => 10 * i);
    expect(takeRows(values, shape, 'values', [1, 6])).toEqual({
      data: Int32Array.of(10, 60),
      shape: [2],
    });
    const squares = Float32Array.from({ length: 8 }, (_, i) => i);
    expect(takeRows(squares, { dims: [2, 2], axis: 1 }, 'square', [1]).data).toEqual(
      Float32Array.of(4, 5, 6, 7),
    );
  });
});

describe('arguments', () => {
  it('take a part, and the table by operation and shape', () => {
    expect(readArguments(['ocr'])).toMatchObject({ ocr: true, table: [], growth: [], rounds: 5 });
    const { table, ...rest } = readArguments([
      ...['table', '--shapes', '7x33,1000x10@0', '--ops', 'softmax,logSumExp'],
      ...['--quick', '--json', 'a.json', '--headful'],
    ])!;
    expect(rest).toEqual({
      ocr: false,
      growth: [],
      variants: [],
      peers: [],
      train: false,
      sample: [],
      quick: true,
      rounds: 3,
      headless: false,
      json: 'a.json',
    });
    expect(table).toEqual([
      { shape: { dims: [7, 33], axis: 1 }, ops: ['softmax', 'logSumExp'] },
      { shape: { dims: [1000, 10], axis: 0 }, ops: ['softmax', 'logSumExp'] },
    ]);
  });

  it('run every operation by default, on all shapes of the table but those too large for it', () => {
    const { ocr, table, growth } = readArguments([])!;
    expect({ ocr, growth }).toEqual({ ocr: true, growth: [] });
    const ran = new Set(table.flatMap(({ ops }) => ops));
    expect([...ran].sort()).toEqual([...opNames].sort());
    const jacobians = table.filter(({ ops }) => ops.includes('softmaxJacobian'));
    expect(jacobians.map(({ shape }) => shapeId(shape))).toEqual([
      '1000x10',
      '100000x10',
      '256x128',
      '4x1000',
    ]);
  });

  it.each([
    [['speed'], /^part: expected all, ocr, table, growth.*, got 'speed'$/],
    [['--ops', 'softmin'], /^--ops: expected softmax, logSoftmax, .*, got 'softmin'$/],
    [['--shapes', '2x2,0x3'], /^--shapes: expected two sizes or more joined by x.*, got '0x3'$/],
    [['--shapes', '3'.repeat(20)], 'with 1 to 33554432 elements'],
    [['--ops', 'softmaxJacobian', '--shapes', '1x1000000'], 'too large for every shape'],
    [['--quick', 'yes', 'no'], 'nused args: `no`'],
    [['--speed'], 'nknown option `--speed`'],
    [['--json'], 'option `--json <file>` value is missing'],
    [['ocr', '--ops', 'softmax'], '--ops chooses operations, and ocr has its own'],
    [['growth', '--shapes', '2x2'], '--shapes chooses from the table, and growth has its own'],
  ])('refuse %j', (argv, message) => {
    expect(() => readArguments(argv)).toThrow(message);
  });
});

const measured: OpMeasured = {
  op: 'crossEntropyWithGrad',
  variants: [
    'kept-weight row invocation64 streamed vec4 x→norm',
    'cross-entropy split-partial workgroup256 held16 scalar x+class_index→partials',
    'loss-total row invocation4 streamed vec4 x→total',
  ],
  milliseconds: 12345.678,
  samples: [12345.678],
  gigabytesPerSecond: 1234.5,
  floor: '1 read, 1 write',
  floorRatio: 1234.5,
  check: { checked: 999_999, rows: 1_000_000, failures: 0, maxUlp: 12345.67, maxShare: 0.996 },
};
const result: ShapeResult = {
  shape: { dims: [1_000_000, 10], axis: 0 },
  dtype: 'f32',
  timer: 'timestamp-query',
  floors: [
    {
      traffic: '2 read, 1 write',
      kernel: 'grid stride',
      milliseconds: 10,
      gigabytesPerSecond: 1,
      family: [],
    },
  ],
  ops: [measured],
};

describe('the report', () => {
  it('names the main kernel', () => {
    expect(formatVariant(measured.variants)).toBe('split workgroup256 held16 scalar');
    expect(formatVariant(['softmax row invocation4 streamed vec4 x→y'])).toBe(
      'row invocation4 vec4',
    );
  });

  it('keeps its columns, in 120 of the terminal', () => {
    const [, head, op, floor] = stripVTControlCharacters(formatShape(result)).split('\n');
    for (const line of [head!, op!, floor!]) expect(line.trimEnd().length).toBeLessThan(120);
    const end = (line: string, text: string) => line.indexOf(text) + text.length;
    expect(end(op!, '12345.678')).toBe(end(head!, 'ms'));
    expect(end(floor!, '10.000')).toBe(end(head!, 'ms'));
    expect(end(op!, '99.6 %')).toBe(end(head!, 'of bound'));
    expect(op).toContain('999\u00a0999 rows');
  });

  it('finds what is wrong, and nothing where all is right', () => {
    const check = { ...measured.check, failures: 3, maxUlp: null, maxShare: null };
    const broken = {
      ...result,
      ops: [
        { ...measured, check },
        { op: 'softmax', error: 'lost' },
      ],
    };
    expect(failuresOf(undefined, [result], [])).toEqual([]);
    expect(failuresOf(undefined, [broken as ShapeResult], ['uncaught: x'])).toEqual([
      'the page: uncaught: x',
      'crossEntropyWithGrad of 1\u00a0000\u00a0000 × 10, axis 0: 3 elements beyond their bounds, at worst ∞ of it',
      'softmax of 1\u00a0000\u00a0000 × 10, axis 0: lost',
    ]);
    const line = { expected: 'ab', text: 'a', confidence: 1, exact: false };
    const probabilities = { count: 9, failures: 2, maxUlp: 1, maxShare: 2 };
    const ocr = { lines: [line], probabilities, softmax: result };
    expect(failuresOf(ocr as never, [], [])).toEqual([
      "ocr: read 'a' for 'ab'",
      'ocr: 2 probabilities beyond their bounds',
    ]);
  });
});

describe('npm run bench', () => {
  const run = (...argv: string[]) =>
    new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, NO_COLOR: '1' };
      const child = execFile('node', ['bench/cli.mjs', ...argv], { env }, (_, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });

  it('checks and times every operation, and writes what it found', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'webgpu-softmax-bench-'));
    try {
      const json = join(folder, 'new', 'results.json');
      const { status, stdout, stderr } = await run(
        'table',
        '--quick',
        '--shapes',
        '7x33',
        '--json',
        json,
        '--report',
      );
      expect(status, stdout + stderr).toBe(0);
      expect(stdout).toContain(`passed: ${opNames.length} of ${opNames.length} results`);
      const results = JSON.parse(await readFile(json, 'utf8')) as Results;
      expect(results.failures).toEqual([]);
      expect(results.adapter.browser).toMatch(/\d/);
      expect(Date.now() - Date.parse(results.date)).toBeLessThan(600_000);
      const [{ timer, ops, floors } = result] = results.table;
      expect(['timestamp-query', 'wall clock']).toContain(timer);
      expect(ops.map(({ op }) => op)).toEqual(opNames);
      for (const op of ops as OpMeasured[]) {
        expect(op.milliseconds).toBeGreaterThan(0);
        expect(op.floorRatio).toBeGreaterThan(0);
        expect(op.check.checked).toBe(7);
        expect(op.check.maxShare).toBeGreaterThan(0);
        expect(op.variants.length).toBeGreaterThan(0);
        expect(floors.map(({ traffic }) => traffic)).toContain(op.floor);
      }
      // The report is the page's own plots of the same, in one file.
      const schema = await readFile(
        new URL('../../bench/results.schema.json', import.meta.url),
        'utf8',
      );
      const validate = new Ajv({ allErrors: true }).compile(JSON.parse(schema));
      expect(validate(results), JSON.stringify(validate.errors)).toBe(true);
      const report = await openPage();
      await report.setContent(await readFile(json.replace('.json', '.html'), 'utf8'));
      await report.waitForSelector('#roofline canvas');
      const series = await report.$$eval('#roofline .key', (all) => all.length);
      // The copy and the floor besides.
      expect(series).toBe(opNames.length + 2);
      expect(await report.$$eval('#variants td.chosen', (all) => all.length)).toBe(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says what is wrong with its arguments, before it starts anything', async () => {
    const { status, stdout, stderr } = await run('--shapes', '7×33');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/--shapes: expected .*, got '7×33'$/m);
  });
});
