import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { type BenchOp, benchOps } from '../../bench/ops';
import {
  type Accuracy,
  type AccuracyOutcome,
  accuracyFailures,
  measureAccuracy,
} from '../../bench/peers/accuracy';
import {
  type AccuracyInput,
  accuracyInputs,
  accuracyOperands,
  accuracyOps,
  finiteInputs,
  specialInputs,
} from '../../bench/peers/accuracy-inputs';
import {
  accuracyMarkdown,
  formatAccuracy,
  formatAccuracyErrors,
} from '../../bench/peers/accuracy-report';
import { readPeerArguments } from '../../bench/peers/arguments';
import { asTorch, besideTorch, inWords, judge } from '../../bench/peers/judge';
import { type Library, OURS, PEERS } from '../../bench/peers/libraries';
import { Team } from '../../bench/peers/team';
import { openBrowser } from '../../bench/session';
import type { Reference } from '../../src/reference';
import * as reference from '../../src/reference';

const named = (name: string): AccuracyInput =>
  accuracyInputs.find((input) => input.name.startsWith(name))!;

/** The exact results of an operation's softmax or log-softmax on an input. */
const exact = (op: 'softmax' | 'logSoftmax', input: AccuracyInput): Reference =>
  reference[op](accuracyOperands(op, input).host.x);

describe('the inputs', () => {
  it('have names of their own and whole rows', () => {
    expect(new Set(accuracyInputs.map(({ name }) => name)).size).toBe(accuracyInputs.length);
    for (const input of accuracyInputs) {
      const { shape, host } = accuracyOperands('crossEntropyWithGrad', input);
      const [rows, length] = shape.dims;
      expect(host.x.data, input.name).toHaveLength(rows! * length!);
      expect(host.targets.data, input.name).toHaveLength(rows!);
      for (const target of host.targets.data) expect(target).toBeLessThan(length!);
    }
  });

  it('are finite where errors are measured', () => {
    for (const input of finiteInputs) {
      expect(input.logits().every(Number.isFinite), input.name).toBe(true);
    }
    for (const input of specialInputs) expect(input.logits()).toHaveLength(8);
  });

  it('span the distances that their names tell', () => {
    const row = named('0 … 80').logits().subarray(1000, 2000);
    expect(Math.max(...row)).toBe(0);
    expect(Math.min(...row)).toBeLessThan(-79);
    const sure = exact('softmax', named('sure'));
    for (let r = 0; r < 8; r++) {
      const others = sure.data.subarray(10 * r, 10 * r + 10).filter((_, k) => k !== 3);
      const sum = others.reduce((a, b) => a + b);
      expect(sum).toBeGreaterThan(5e-21);
      expect(sum).toBeLessThan(2e-20);
    }
  });
});

describe('a result in words', () => {
  it.each([
    [[NaN], 'NaN'],
    [[0.0625], '0.0625'],
    [[-Infinity], '−∞'],
    [[NaN, NaN], 'NaN row'],
    [[0, -0], '0 row'],
    [[1 / 3, 1 / 3], '0.333 row'],
    [[0.25, 0.75], 'finite'],
    [[0, 1, NaN, Infinity, 0], 'NaN at 1 of 5, +∞ at 1 of 5, 0 at 2 of 5'],
  ])('%j is %s', (values, words) => {
    expect(inWords(Float64Array.from(values))).toBe(words);
  });
});

describe('what PyTorch gives', () => {
  // Of PyTorch 1.13.1 on a CPU: softmax, log_softmax, cross_entropy and the gradient of its input.
  const given: Readonly<Record<string, readonly string[]>> = {
    'some −∞': ['0 at 2 of 8', '−∞ at 2 of 8', '2.5', '0 at 2 of 8'],
    'some −∞, the target too': ['0 at 2 of 8', '−∞ at 2 of 8', '+∞', '0 at 1 of 8'],
    '−∞ alone': ['NaN row', 'NaN row', 'NaN', 'NaN row'],
    'a +∞': ['NaN row', 'NaN row', 'NaN', 'NaN row'],
    'a NaN': ['NaN row', 'NaN row', 'NaN', 'NaN row'],
    'a NaN and a +∞': ['NaN row', 'NaN row', 'NaN', 'NaN row'],
    '3.4·10³⁸ and −3.4·10³⁸, the target': [
      '0 at 7 of 8',
      '−∞ at 1 of 8, 0 at 1 of 8',
      '+∞',
      '0 at 6 of 8',
    ],
    '3.4·10³⁸ alone': ['0.125 row', '-2.08 row', '2.08', 'finite'],
    '−3.4·10³⁸ and a −∞': ['0 at 1 of 8', '−∞ at 1 of 8', '1.95', '0 at 1 of 8'],
    '0 and −0': ['0.125 row', '-2.08 row', '2.08', 'finite'],
    subnormals: ['0.125 row', '-2.08 row', '2.08', 'finite'],
  };

  it.each(specialInputs)('is known for $name', (input) => {
    const known = accuracyOps.flatMap((op) => {
      const { host } = accuracyOperands(op, input);
      const results = (benchOps[op] as BenchOp).check(host as Parameters<BenchOp['check']>[0]);
      return results.map((result) => inWords(asTorch(result).data));
    });
    expect(known).toEqual(given[input.name]);
  });
});

describe('a judgement', () => {
  const right = (name: string, op: 'softmax' | 'logSoftmax' = 'softmax') => [
    ...exact(op, named(name)).data,
  ];
  const beside = (
    name: string,
    values: readonly number[],
    op: 'softmax' | 'logSoftmax' = 'softmax',
  ) => besideTorch(Float32Array.from(values), exact(op, named(name)));

  it.each(specialInputs)('of the right result for $name is that it is PyTorch’s', ({ name }) => {
    expect(beside(name, right(name)).instead).toBeNull();
  });

  it('tells what there is instead', () => {
    expect(beside('−∞ alone', Array(8).fill(0))).toEqual({ gives: 'NaN row', instead: '0 row' });
    expect(beside('0 and −0', Array(8).fill(0.25)).instead).toBe('0.25 row');
    expect(beside('some −∞', Array(8).fill(NaN))).toEqual({
      gives: '0 at 2 of 8',
      instead: 'NaN row',
    });
    const swapped = right('some −∞').reverse();
    expect(beside('some −∞', swapped).instead).toBe('0 at 2 of 8, other values');
  });

  it('lets no size of the logits hide a wrong result', () => {
    expect(beside('3.4·10³⁸ alone', Array(8).fill(0), 'logSoftmax').instead).toBe('0 row');
  });

  it('knows that PyTorch overflows where this library saturates', () => {
    const name = '3.4·10³⁸ and';
    const saturated = right(name, 'logSoftmax');
    expect(beside(name, saturated, 'logSoftmax')).toEqual({
      gives: '−∞ at 1 of 8, 0 at 1 of 8',
      instead: '0 at 1 of 8',
    });
    const overflowing = saturated.map((v) => (v < -3.402e38 ? -Infinity : v));
    expect(beside(name, overflowing, 'logSoftmax').instead).toBeNull();
  });

  it('measures errors in ULP, and counts what is beyond the bounds', () => {
    const name = 'uniform in ±8, K = 10';
    const judged = (values: readonly number[]) =>
      judge(Float32Array.from(values), exact('softmax', named(name)));
    const values = right(name);
    // Eight ULP or more of any value, and less than sixteen.
    values[0]! *= 1 + 2 ** -20;
    const { maxUlp } = judged(values);
    expect(maxUlp).toBeGreaterThan(7);
    expect(maxUlp).toBeLessThan(17);
    values[1] = NaN;
    expect(judged(values)).toMatchObject({ failures: 1, maxUlp: null });
  });
});

describe('the report', () => {
  const measured = (maxUlp: number | null, instead: string | null, failures = 0) =>
    ({
      status: 'measured',
      results: [{ failures, maxUlp, torch: { gives: 'NaN row', instead } }],
    }) as const satisfies AccuracyOutcome;
  const one = (input: AccuracyInput, ...outcomes: AccuracyOutcome[]): Accuracy => ({
    input: input.name,
    op: 'softmax',
    libraries: outcomes.map((outcome, i) => ({ library: [OURS.name, 'a', 'b'][i]!, outcome })),
  });
  const absent = { status: 'absent' } as const;
  const failed = { status: 'failed', error: 'the device is lost' } as const;
  const all = [
    one(finiteInputs[0]!, measured(2.51, null), measured(8_388_608, null), absent),
    one(specialInputs[2]!, measured(null, null, 3), measured(null, '0 row'), failed),
  ];

  it('has a line for every result, whatever became of a library', () => {
    const lines = stripVTControlCharacters(formatAccuracy(all)).split('\n');
    expect(lines.find((line) => line.includes('8.4e6'))).toMatch(/ softmax +2\.5 +8\.4e6 +-$/);
    expect(lines.at(-2)).toBe('−∞ alone');
    expect(lines.at(-1)).toMatch(/ softmax +NaN row += +0 row +failed$/);
    expect(formatAccuracyErrors(all)).toEqual(['b, softmax, −∞ alone: the device is lost']);
  });

  it('is Markdown too', () => {
    expect(accuracyMarkdown(all).split('\n')).toEqual([
      '### Largest error in ULP',
      '',
      '| input | result | webgpu-softmax | a | b |',
      '|---|---|---|---|---|',
      '| uniform in ±8, K = 10 | softmax | 2.5 | 8.4e6 | - |',
      '',
      '### Special values',
      '',
      '| row | result | PyTorch | webgpu-softmax | a | b |',
      '|---|---|---|---|---|---|',
      '| −∞ alone | softmax | NaN row | = | 0 row | failed |',
      '',
    ]);
  });

  it('counts ours alone as a failure of the run', () => {
    expect(accuracyFailures(all)).toEqual(['softmax, −∞ alone: 3 elements beyond their bounds']);
    expect(accuracyFailures([one(finiteInputs[0]!, failed, measured(1, null, 9))])).toEqual([
      'softmax, uniform in ±8, K = 10: the device is lost',
    ]);
  });
});

describe('arguments', () => {
  it('choose the errors alone, or with all', () => {
    const [alone, all, table] = [['accuracy'], [], ['table']].map((argv) =>
      readPeerArguments(argv),
    );
    expect(alone).toMatchObject({ tasks: [], overhead: false, accuracy: true });
    expect(all).toMatchObject({ overhead: true, accuracy: true });
    expect(table).toMatchObject({ accuracy: false });
    expect(() => readPeerArguments(['accuracy', '--ops', 'softmax'])).toThrow(
      'which accuracy leaves',
    );
    expect(() => readPeerArguments(['accuracy', '--rounds', '3'])).toThrow('accuracy takes none');
  });
});

describe('a measurement in the browser', () => {
  const failing: Library = { ...OURS, name: 'failing', module: '/test/bench/failing.page.ts' };
  const zeros: Library = { ...failing, name: 'zeros', ops: ['softmax'], promise: 'any' };
  const missing: Library = { ...zeros, name: 'missing', module: '/test/bench/none.page.ts' };
  const libraries = [OURS, ...PEERS, zeros, missing];
  const team = new Team(libraries, () => openBrowser({ headless: true }), 60_000);
  afterAll(() => team.close());

  it('judges every library, and keeps what one that fails says', async () => {
    const accuracy = [
      ...(await measureAccuracy(team, libraries, named('uniform in ±8, K = 10'))),
      ...(await measureAccuracy(team, libraries, named('−∞ alone'))),
    ];
    expect(accuracyFailures(accuracy)).toEqual([]);
    expect(accuracy).toHaveLength(2 * accuracyOps.length);
    const outcome = (line: number, name: string) =>
      accuracy[line]!.libraries.find(({ library }) => library === name)!.outcome;
    for (const [line, op] of accuracyOps.entries()) {
      for (const { name, ops } of [OURS, ...PEERS]) {
        const found = outcome(line, name);
        expect(found.status, name).toBe((ops as string[]).includes(op) ? 'measured' : 'absent');
        if (found.status !== 'measured') continue;
        for (const { maxUlp } of found.results) {
          expect(maxUlp, `${op} of ${name}`).toBeGreaterThan(0);
          expect(maxUlp, `${op} of ${name}`).toBeLessThan(1e4);
        }
      }
    }
    const none = outcome(0, 'zeros');
    const ulp = none.status === 'measured' ? none.results[0]!.maxUlp : 0;
    expect(ulp, 'no digit right').toBeGreaterThanOrEqual(2 ** 23);
    expect(outcome(0, 'missing')).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('none.page'),
    });
    expect(outcome(3, OURS.name)).toMatchObject({
      results: [{ torch: { gives: 'NaN row', instead: null } }],
    });
    expect(outcome(3, 'zeros')).toMatchObject({ results: [{ torch: { instead: '0 row' } }] });
  });
});
