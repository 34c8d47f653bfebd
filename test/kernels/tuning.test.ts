/** Tunings: measured, kept and passed back, refused where they are wrong; what they leave behind. */
import type { Page } from 'puppeteer';
import { beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../package.json';
import { checkTuning, tuningOf } from '../../src/engine/tuning';
import { bucketOf, candidatesOf, chooseTier } from '../../src/rows/tiers';
import { callInPage, sharedPage } from '../browser/page';
import type * as module from './tuning.page';

const path = '/test/kernels/tuning.page.ts';
const cpu = { adapter: 'cpu', subgroups: false } as const;
const info = { vendor: 'v', architecture: 'a', device: '', description: 'd' } as GPUAdapterInfo;
const tier = {
  rows: 'contiguous',
  maxLength: 8192,
  regime: 'split-per-workgroup',
  chunk: 16_384,
  gain: 1.5,
} as const;

test('buckets end at powers of two', () => {
  const ends = [1, 2, 3, 4, 5, 1024, 1025, 2 ** 31 + 1].map(bucketOf);
  expect(ends).toEqual([1, 2, 4, 4, 8, 1024, 2048, 2 ** 32]);
});

test('a tuned tier decides for its bucket, the table for others', () => {
  const device = { ...cpu, tuned: [tier] };
  for (const length of [4097, 8192]) {
    expect(chooseTier(length, false, device)).toBe(tier);
    expect(chooseTier(length, true, device)).toEqual(chooseTier(length, true, cpu));
  }
  for (const length of [4096, 8193]) {
    expect(chooseTier(length, false, device)).toEqual(chooseTier(length, false, cpu));
  }
});

test.each([
  ['cpu', false, false, [4096, 'row-per-invocation'], 'split-per-invocation'],
  ['cpu', true, false, [1024, 'row-per-invocation'], 'split-per-invocation'],
  [
    'gpu',
    false,
    true,
    [32, 'row-per-invocation', 1024, 'row-per-subgroup', 16_384, 'row-per-workgroup'],
    'split-per-workgroup',
  ],
  [
    'gpu',
    false,
    false,
    [32, 'row-per-invocation', 16_384, 'row-per-workgroup'],
    'split-per-workgroup',
  ],
  ['gpu', true, true, [16, 'row-per-invocation', 1024, 'row-per-workgroup'], 'split-per-workgroup'],
] as const)(
  'the table: %s, strided %s, subgroups %s',
  (adapter, strided, subgroups, ends, longest) => {
    const regimeOf = (length: number) => chooseTier(length, strided, { adapter, subgroups }).regime;
    // Up to each length its regime, and from the next one on another.
    ends.forEach((end, i) => {
      if (typeof end !== 'number') return;
      expect(regimeOf(end)).toBe(ends[i + 1]);
      expect(regimeOf(end + 1)).toBe(ends[i + 3] ?? longest);
    });
  },
);

test('candidates begin with the choice of the table, and each comes once', () => {
  for (const adapter of ['cpu', 'gpu'] as const) {
    for (const strided of [false, true]) {
      for (let bucket = 1; bucket <= 2 ** 24; bucket *= 2) {
        const device = { adapter, subgroups: true };
        const candidates = candidatesOf(bucket, strided, device);
        expect(chooseTier(bucket, strided, device)).toMatchObject(candidates[0]!);
        const whole = candidates.filter(({ regime }) => regime.startsWith('row'));
        expect(new Set(whole.map(({ regime }) => regime)).size).toBe(whole.length);
        expect(new Set(candidates.map((c) => JSON.stringify(c))).size).toBe(candidates.length);
        if (!strided) expect(candidates.length).toBeGreaterThan(1);
      }
    }
  }
});

describe('a tuning passed in', () => {
  const right = tuningOf(info, cpu, [tier]);

  test('is copied', () => {
    const copy = checkTuning(JSON.parse(JSON.stringify(right)), info, cpu);
    expect(copy).toEqual(right);
    expect(right.version).toBe(version);
    expect(copy.tiers[0]).not.toBe(tier);
  });

  test.each([
    [
      'a string',
      'tuning',
      /^setTuning: tuning: expected an object as tune\(\) gives it, got 'tuning'$/,
    ],
    ['null', null, /^setTuning: tuning: expected an object as .*, got null$/],
    ['an array', [right], /^setTuning: tuning: expected an object as .*, got an Array$/],
    [
      'no adapter',
      { ...right, adapter: undefined },
      /^setTuning: tuning\.adapter: expected an object as .*, got undefined$/,
    ],
    [
      'another version',
      { ...right, version: '9.9.9' },
      `setTuning: tuning is of another library or adapter (version '9.9.9', where this one has '${version}'); tune again`,
    ],
    [
      'another adapter',
      { ...right, adapter: { ...right.adapter, vendor: 'w', subgroups: true } },
      "setTuning: tuning is of another library or adapter (vendor 'w', where this one has 'v'; subgroups true, where this one has false); tune again",
    ],
    [
      'no tiers',
      { ...right, tiers: {} },
      /^setTuning: tuning\.tiers: expected an array, got an Object$/,
    ],
    [
      'no tier',
      { ...right, tiers: [tier, 3] },
      /^setTuning: tuning\.tiers\[1\]: expected an object as .*, got 3$/,
    ],
    ['rows', { rows: 'all' }, /\.rows: expected 'contiguous' or 'strided', got 'all'$/],
    ['a length', { maxLength: 5000 }, /\.maxLength: expected a power of 2, got 5000$/],
    ['no length', { maxLength: '8192' }, /\.maxLength: expected a power of 2, got '8192'$/],
    ['a regime', { regime: 'row' }, /\.regime: expected 'row-per-invocation', .*, got 'row'$/],
    ['a chunk', { chunk: 1000 }, /\.chunk: expected a multiple of 1024, got 1000$/],
    ['a gain', { gain: 'much' }, /\.gain: expected a positive number, got 'much'$/],
    [
      'rows too long',
      { regime: 'row-per-invocation', maxLength: 2 ** 20 },
      /^setTuning: tuning\.tiers\[0\]: expected a regime that takes all contiguous rows of up to 1048576 elements, got 'row-per-invocation' with chunks of 16384$/,
    ],
    ['columns', { rows: 'strided' }, /expected a regime that takes all strided rows/],
    ['chunks too long', { chunk: 32_768 }, /expected a regime that takes .* with chunks of 32768$/],
    [
      'no subgroups',
      { regime: 'row-per-subgroup' },
      /expected a regime that takes .*, got 'row-per-subgroup' /,
    ],
  ])('is refused: %s', (_, wrong, message) => {
    const isTier = typeof wrong === 'object' && wrong !== null && !('tiers' in wrong);
    const value =
      isTier && !Array.isArray(wrong) ? { ...right, tiers: [{ ...tier, ...wrong }] } : wrong;
    expect(() => checkTuning(value, info, cpu)).toThrow(message);
  });
});

describe('on a GPU', () => {
  let page: Page;
  beforeAll(async () => {
    page = await sharedPage();
  });
  const run = <N extends keyof typeof module>(name: N, ...args: Parameters<(typeof module)[N]>) => {
    type Called = (...args: Parameters<(typeof module)[N]>) => ReturnType<(typeof module)[N]>;
    return callInPage<Called>(page, path, name, ...args);
  };

  test('a tuning passed back gives the same kernels and the same bits', async () => {
    const { tuning, steps, problems, passedOn, forgotten } = await run('measured');
    expect(problems).toEqual([]);
    expect({ passedOn, forgotten }).toEqual({ passedOn: true, forgotten: true });
    expect(steps).toEqual(['1 of 5', '2 of 5', '3 of 5', '4 of 5', '5 of 5']);
    // 600 and 1000 share a bucket; one candidate leaves no choice.
    const { subgroups } = tuning.adapter;
    const buckets = [[1024], [32_768], [8192, 'strided'], [64, 'strided']] as const;
    const choices = buckets.filter(
      ([length, strided]) =>
        candidatesOf(length, !!strided, { adapter: 'cpu', subgroups }).length > 1,
    );
    expect(tuning.tiers.map(({ rows, maxLength }) => [maxLength, rows])).toEqual(
      choices.map(([length, strided]) => [length, strided ?? 'contiguous']),
    );
    for (const { gain } of tuning.tiers) expect(gain).toBeGreaterThanOrEqual(1);
  });

  test('tuning again keeps the other buckets', async () => {
    expect(await run('again')).toEqual(['contiguous 64', 'contiguous 1024']);
  });

  test.each([
    [100, false],
    [5000, false],
    [20_000, false],
    [5000, true],
  ])('a row has the same bits alone and in a batch, K %i, strided %s', async (length, strided) => {
    const { problems, regimes } = await run('independence', length, strided);
    expect(problems).toEqual([]);
    for (const ran of regimes) {
      const [regime, phase] = ran.split(/: | /);
      expect(phase, ran).toMatch(regime!.startsWith('split') ? /^split-partial$/ : /^row$/);
    }
    expect(regimes.length).toBeGreaterThan(strided ? 0 : 1);
  });

  test('leaves nothing behind, whatever ends it', async () => {
    const { told, errors } = await run('interrupted');
    expect(errors).toEqual([]);
    expect(told).toMatchObject({
      whole: 'fine',
      shrank: 'true',
      'works after': '0.25,0.25,0.25,0.25',
      'works meanwhile': '0.25,0.25,0.25,0.25',
      aborted: 'Error: enough',
      kept: 'true',
      'works after the abort': '0.25,0.25,0.25,0.25',
      'aborted before': 'Error: never',
      'no elements': expect.stringMatching(
        /^RangeError: tune: shape: expected 1 to \d+ elements on this device, got 0 \(\[0, 3\]\)$/,
      ),
      'too large': expect.stringMatching(
        /^RangeError: tune: shape: expected 1 to \d+ elements on this device, got \d+ \(/,
      ),
      'no such axis': 'RangeError: tune: axis 2 is out of range [-2, 1] for shape [2, 3]',
      'no shape': expect.stringMatching(/^RangeError: tune: shape: expected .+, got 7$/),
      destroyed: 'Error: tune: the engine is destroyed; create another engine',
      lost: expect.stringMatching(
        /^Error: tune: the device is lost \(destroyed: .*\); create another engine$/s,
      ),
    });
    expect(told['left by the abort'], JSON.stringify(told)).toBe('0');
    expect(told['destroyed, left'], JSON.stringify(told)).toBe('0');
  });

  test('setTuning refuses a tuning of another version', async () => {
    expect(await run('stale')).toMatch(
      /^Error: setTuning: tuning is of another library or adapter \(version '0\.0\.0'.*\); tune again true$/,
    );
  });
});
