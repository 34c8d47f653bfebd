import { execFile } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPeerArguments } from '../../bench/peers/arguments';
import { compare, compareOverhead } from '../../bench/peers/compare';
import { type Library, OURS, OURS_ALLOCATING, PEERS } from '../../bench/peers/libraries';
import { type PeerOp, peerOpNames } from '../../bench/peers/ops';
import {
  bestPeer,
  type Comparison,
  floorRatio,
  type Outcome,
  ourFailures,
  peerRatio,
} from '../../bench/peers/outcome';
import { formatComparison, formatComparisons } from '../../bench/peers/report';
import { Team } from '../../bench/peers/team';
import { versionOf } from '../../bench/peers/versions';
import { openBrowser } from '../../bench/session';
import { shapeId } from '../../bench/shapes';

const check = { checked: 7, rows: 7, failures: 0, maxUlp: 1.5, maxShare: 0.5 };
const timed = (milliseconds: number): Outcome => {
  return { status: 'timed', check, milliseconds, samples: [milliseconds], calls: 3 };
};
const wrong: Outcome = { status: 'wrong', check: { ...check, failures: 2, maxUlp: null } };
const failed: Outcome = {
  status: 'failed',
  error: `the device is lost: ${'x'.repeat(200)}\nand more`,
};

const comparison: Comparison = {
  shape: { dims: [1_000_000, 10], axis: 0 },
  op: 'crossEntropyWithGrad',
  ours: timed(2),
  peers: [
    { library: 'a', outcome: timed(10) },
    { library: 'b', outcome: timed(7) },
    { library: 'c', outcome: wrong },
    { library: 'd', outcome: failed },
    { library: 'e', outcome: { status: 'absent' } },
  ],
  pass: {
    timer: 'timestamp-query',
    ours: { milliseconds: 1.5, samples: [1.5], calls: 9 },
    floor: { kernel: 'runs of 64', milliseconds: 0.5, samples: [0.5], calls: 9 },
  },
};

describe('the ratios', () => {
  it('compare with the fastest peer that was right', () => {
    expect(bestPeer(comparison)).toEqual({ library: 'b', milliseconds: 7 });
    expect(peerRatio(comparison)).toBe(3.5);
    expect(floorRatio(comparison)).toBe(3);
  });

  it('are missing where there is nothing to compare', () => {
    const alone = { ...comparison, peers: [{ library: 'c', outcome: wrong }] };
    expect(bestPeer(alone)).toBeUndefined();
    expect(peerRatio(alone)).toBeUndefined();
    expect(peerRatio({ ...comparison, ours: failed })).toBeUndefined();
    expect(floorRatio({ ...comparison, pass: null })).toBeUndefined();
  });
});

describe('what fails the run', () => {
  it('is ours, not a peer', () => {
    const overhead = { library: 'd', result: { status: 'failed', error: 'gone' } } as const;
    expect(ourFailures([comparison], [overhead])).toEqual([]);
    const bad = { ...comparison, ours: wrong };
    const lost = { ...overhead, library: OURS.name };
    expect(ourFailures([bad], [lost])).toEqual([
      'crossEntropyWithGrad of 1\u00a0000\u00a0000 × 10, axis 0: 2 elements beyond their bounds',
      'overhead of webgpu-softmax: gone',
    ]);
  });
});

describe('the report', () => {
  const lines = (text: string) => stripVTControlCharacters(text).split('\n');

  it('has a line for every library, whatever became of it, in 120 columns', () => {
    const text = lines(formatComparison(comparison));
    for (const line of text) expect(line.length).toBeLessThan(120);
    const of = (name: string) => text.find((line) => line.startsWith(name))!;
    expect(of('b ')).toMatch(/7\.000 +3\.50 +1\.50 +3 +1$/);
    expect(of('c ')).toContain('wrong: 2 of the elements checked, largest error ∞ ULP');
    expect(of('d ')).toMatch(/failed: the device is lost: x+…$/);
    expect(of('e ')).toContain('has no such operation');
    expect(of('floor')).toContain('runs of 64');
    expect(text.at(-1)).toBe('best peer ÷ ours 3.50 (b), ours ÷ floor 3.00');
  });

  it('sums all comparisons up, a line each', () => {
    const three = { ...comparison, peers: comparison.peers.slice(1, 4) };
    const text = lines(formatComparisons([three]));
    for (const line of text) expect(line.trimEnd().length).toBeLessThan(120);
    expect(text[2]).toMatch(/2\.000 +7\.000 +wrong +failed +3\.50 +3\.00$/);
    expect(text.at(-1)).toMatch(/1\.50 +1\.50 +∞ +failed$/);
  });
});

describe('arguments', () => {
  it('choose shapes, operations, peers and rounds', () => {
    const { tasks, overhead, peers, rounds, headless, json } = readPeerArguments([
      ...['table', '--shapes', '7x33,1000x10@0', '--ops', 'softmax,softmaxVjp'],
      ...['--peers', 'tensorflow.js,jax-js', '--rounds', '7', '--json', 'a.json', '--headful'],
    ])!;
    expect(tasks.map(({ shape, op }) => `${op} ${shapeId(shape)}`)).toEqual([
      'softmax 7x33',
      'softmaxVjp 7x33',
      'softmax 1000x10@0',
      'softmaxVjp 1000x10@0',
    ]);
    expect(peers.map(({ name }) => name)).toEqual(['jax-js', 'tensorflow.js']);
    expect({ overhead, rounds, headless, json }).toEqual({
      overhead: false,
      rounds: 7,
      headless: false,
      json: 'a.json',
    });
  });

  it('take every shape and peer by default, and gradients where they are compared', () => {
    const { tasks, overhead, peers, rounds } = readPeerArguments([])!;
    expect({ overhead, rounds }).toEqual({ overhead: true, rounds: 5 });
    expect(peers).toEqual(PEERS);
    const shapesOf = (op: PeerOp) =>
      tasks.filter((task) => task.op === op).map(({ shape }) => shapeId(shape));
    expect(shapesOf('softmax')).toHaveLength(10);
    expect(shapesOf('logSoftmax')).toEqual(shapesOf('softmax'));
    expect(shapesOf('softmax')).toContain('1000x4096@0');
    expect(shapesOf('softmaxVjp')).toEqual(['16384x128', '4096x1000']);
    expect(shapesOf('crossEntropyWithGrad')).toEqual(['16384x128', '4096x1000']);
    expect(readPeerArguments(['overhead'])!.tasks).toEqual([]);
  });

  it.each([
    [['speed'], /^part: expected all, table, overhead.*, got 'speed'$/],
    [['--ops', 'logSumExp'], /^--ops: expected softmax, logSoftmax, .*, got 'logSumExp'$/],
    [['--shapes', '2x2,0x3'], /^--shapes: expected two sizes or more.*, got '0x3'$/],
    [
      ['--peers', 'torch'],
      /^--peers: expected jax-js, onnxruntime-web, tensorflow.js.*, got 'torch'$/,
    ],
    [['--rounds', '0'], "--rounds: expected a whole number from 1 to 9999, got '0'"],
    [['--rounds', '2.5'], "--rounds: expected a whole number from 1 to 9999, got '2.5'"],
    [['overhead', '--ops', 'softmax'], '--ops and --shapes choose from the table'],
    [['--speed'], 'nknown option `--speed`'],
  ])('refuse %j', (argv, message) => {
    expect(() => readPeerArguments(argv)).toThrow(message);
  });

  it('are checked before anything starts', async () => {
    const status = await new Promise((resolve) => {
      const child = execFile(
        'node',
        ['bench/peers/cli.mjs', '--rounds', 'x'],
        (_, stdout, stderr) =>
          resolve({ status: child.exitCode, stdout, error: stripVTControlCharacters(stderr) }),
      );
    });
    expect(status).toEqual({
      status: 2,
      stdout: '',
      error: "--rounds: expected a whole number from 1 to 9999, got 'x'\n",
    });
  });
});

describe('the peers', () => {
  it.each(PEERS)('$name is installed', (peer) => {
    expect(versionOf(peer)).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('a comparison in the browser', () => {
  const shape = { dims: [7, 33], axis: 1 };
  const options = { rounds: 2, sampleMs: 1 };
  const failing: Library = {
    name: 'failing',
    module: '/test/bench/failing.page.ts',
    ops: peerOpNames,
    promise: 'any',
  };
  const teams: Team[] = [];
  const team = (libraries: readonly Library[], patience: number) => {
    const made = new Team(libraries, () => openBrowser({ headless: true }), patience);
    teams.push(made);
    return made;
  };
  let all: Team;
  beforeAll(() => {
    all = team([OURS, OURS_ALLOCATING, ...PEERS, failing], 60_000);
  });
  afterAll(async () => {
    for (const each of teams) await each.close();
  });
  const others = (found: Comparison) => found.peers.filter(({ library }) => library !== 'failing');
  const failure = (found: Comparison) =>
    found.peers.find(({ library }) => library === 'failing')!.outcome;

  it.each([
    ['softmax', 'wrong', undefined],
    ['logSoftmax', 'failed', /^the device is lost: /],
    ['softmaxVjp', 'failed', /^no such thing\nat all/],
  ] as const)(
    'checks and times %s of every library, beside one that fails',
    async (op, status, error) => {
      const found = await compare(all, [OURS, failing, ...PEERS], op, shape, options);
      expect(found.ours.status).toBe('timed');
      for (const { library, outcome } of others(found)) {
        const has = PEERS.find(({ name }) => name === library)!.ops.includes(op);
        expect(outcome, library).toMatchObject({ status: has ? 'timed' : 'absent' });
        if (outcome.status !== 'timed') continue;
        expect(outcome.samples).toHaveLength(2);
        expect(outcome.milliseconds).toBeGreaterThan(0);
        expect(outcome.check).toMatchObject({ checked: 7, failures: 0 });
        expect(outcome.check.maxUlp).toBeGreaterThan(0);
      }
      expect(failure(found).status).toBe(status);
      if (error) expect(failure(found)).toMatchObject({ error: expect.stringMatching(error) });
      expect(peerRatio(found)).toBeGreaterThan(0);
      expect(floorRatio(found)).toBeGreaterThan(0);
    },
  );

  it('goes on in a new browser after one that hangs', async () => {
    const some = team([OURS, failing], 15_000);
    const op = 'crossEntropyWithGrad';
    const found = await compare(some, [OURS, failing], op, shape, options);
    expect(found.ours.status).toBe('timed');
    expect(failure(found)).toEqual({ status: 'failed', error: 'no answer within 15 s' });
  });

  it('finds the time of a call, with out and without', async () => {
    const found = await compareOverhead(all, [OURS, OURS_ALLOCATING, failing], { rounds: 1 });
    const [ours, allocating, bad] = found.map(({ result }) => result);
    for (const result of [ours, allocating]) {
      expect(result).toMatchObject({ status: 'timed' });
      if (result?.status !== 'timed') continue;
      expect(result.host).toBeGreaterThan(0);
      expect(result.total).toBeGreaterThanOrEqual(result.host);
    }
    expect(bad).toMatchObject({ status: 'wrong' });
  });
});
