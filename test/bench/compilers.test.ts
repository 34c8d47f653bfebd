/** The command's arguments, its model and its goals. */
import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../bench/compilers/against';
import { readCompilerArguments } from '../../bench/compilers/arguments';
import { gpus, type ModelledDispatch, modelShare } from '../../bench/compilers/bandwidth';
import { allCases, caseId, parseCase } from '../../bench/compilers/cases';
import { missesOf } from '../../bench/compilers/goals';
import { type CompilerResults, FORMAT } from '../../bench/compilers/results';

describe('the arguments', () => {
  it.each([
    [['--kernel', 'softmin 4x4'], /^--kernel: expected softmax, .*, got 'softmin'$/],
    [['--kernel', 'softmax 4'], /^--kernel: expected an operation, a shape, .*, got 'softmax 4'$/],
    [['--kernel', 'softmax 4x4 f64'], "--kernel: expected f16 or high, got 'f64'"],
    [['--chips', 'navi99'], /^--chips: expected navi21, .*, got 'navi99'$/],
    [['--engines', 'webkit'], "--engines: expected dawn, wgpu, got 'webkit'"],
    [['--against', '/nowhere.json'], /^--against: expected a file of this command's results, got/],
    [['--against', 'package.json'], /got 'package.json', whose format is not/],
    [
      ['--docs', '--chips', 'm1'],
      '--docs takes the whole table: leave out --kernel, --chips, --engines',
    ],
    [['--docs', 'yes'], 'Unused args: `yes`; --help lists what there is'],
    [['--json'], /^option `--json <file>` value is missing; --help lists what there is$/],
    [['--nonsense'], 'Unknown option `--nonsense`; --help lists what there is'],
  ])('%j is refused', (argv, message) => {
    expect(() => readCompilerArguments(argv)).toThrow(message);
  });

  it('choose a part', () => {
    const { cases, chips, engines } = readCompilerArguments([
      ...['--kernel', 'softmax 10x100x64@1 f16', '--chips', 'm1,navi21', '--engines', 'wgpu'],
    ])!;
    expect(cases.map(caseId)).toEqual(['softmax 10x100x64@1 f16']);
    expect(chips.map(({ name }) => name)).toEqual(['navi21', 'm1']);
    expect(engines.map(({ name }) => name)).toEqual(['wgpu']);
  });

  it('name every case of the table', () => {
    expect(allCases.map(caseId).map(parseCase)).toEqual(allCases);
  });
});

describe('the model', () => {
  const [radeon] = gpus;
  const bytes = 8 * 2 ** 20;
  const ideal: ModelledDispatch = {
    laneOperations: 20 * 2 ** 20,
    bytes,
    loadLines: bytes / 256,
    storeLines: bytes / 256,
    roundTrips: 1,
    invocations: 2 ** 16,
    subgroup: 64,
    waves: 16,
  };
  const share = (more: Partial<ModelledDispatch>) =>
    modelShare(radeon!, [{ ...ideal, ...more }], bytes);

  it('gives all to a kernel that moves what it must', () => {
    expect(share({})).toEqual({ gpu: 'RX 6900 XT', share: 1, limit: 'memory' });
  });

  it.each([
    ['rereads', { bytes: 2 * bytes }, 0.5],
    ['stored lines', { storeLines: (20 * bytes) / 256 }, 0.45],
    ['arithmetic', { laneOperations: 358 * 2 ** 20 }, 0.503],
    ['latency', { roundTrips: 750, invocations: 192 }, 0.0728],
    // Twice as many subgroups as are resident take two turns.
    ['latency', { roundTrips: 100, invocations: 2 * 64 * 160 * 16 }, 0.273],
  ] as const)('names what limits: %s', (limit, more, expected) => {
    const found = share(more);
    expect(found.limit).toBe(limit);
    expect(found.share).toBeCloseTo(expected, 2);
  });

  it('adds dispatches up', () => {
    expect(modelShare(radeon!, [ideal, ideal], bytes)).toMatchObject({
      share: 0.5,
      limit: 'rereads',
    });
  });
});

const executed = { laneOperations: 0, roundTrips: 1, loadLines: 0, storeLines: 0, bytes: 0 };

/** Results with one kernel of softmax, 1 049 rows of 1 000. */
function resultsWith(more: Partial<typeof executed>, spills = 0): CompilerResults {
  const elements = 1_049_000;
  return {
    format: FORMAT,
    date: '2026-11-30T00:00:00Z',
    commit: null,
    seconds: 1,
    versions: {},
    devices: [],
    kernels: [
      {
        ...{ chip: 'navi21', engine: 'dawn', name: 'softmax row', subgroup: 64, registers: 48 },
        ...{ spills, scratch: 0, waves: 10, instructions: 800, memory: { loads: {}, stores: {} } },
      },
    ],
    calls: [
      {
        ...{ case: 'softmax 1049x1000', chip: 'navi21', engine: 'dawn', subgroups: true },
        ...{ limits: 'default', elements, ownBytes: 8 * elements, shares: [] },
        dispatches: [
          {
            ...{ kernel: 'softmax row', workgroups: 525, invocations: 67_200 },
            executed: { ...executed, ...more },
          },
        ],
      },
    ],
    notExecuted: [],
    failures: [],
  };
}

describe('the goals', () => {
  it.each([
    ['nothing', {}, 0, []],
    ['operations', { laneOperations: 41 * 1_049_000 }, 0, [['operations', 41, 40]]],
    ['round trips', { roundTrips: 3 }, 0, [['round trips', 3, 2]]],
    ['lines', { loadLines: (1.2 * 8 * 1_049_000) / 128 }, 0, [['lines', 1.2, 1.1]]],
    ['bytes', { bytes: 2 * 8 * 1_049_000 }, 0, [['bytes', 2, 1.05]]],
    ['spills', {}, 7, [['spills', 7, 0]]],
  ] as const)('are missed by %s', (_, more, spills, misses) => {
    const found = missesOf(resultsWith(more, spills));
    expect(found.map(({ goal, value, most }) => [goal, value, most])).toEqual(misses);
  });
});

describe('against older results', () => {
  it('are the figures that differ', () => {
    const found = differencesOf(resultsWith({}), resultsWith({ roundTrips: 4 }, 2));
    expect(found.map(({ what, before, after }) => [what, before, after])).toEqual([
      ['spills', '0', '2'],
      ['round trips', '1', '4'],
    ]);
    expect(differencesOf(resultsWith({}), resultsWith({}))).toEqual([]);
  });
});
