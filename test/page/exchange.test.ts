/** What of the page needs no browser: its settings, its plan, and results as text. */
import { readFile } from 'node:fs/promises';
import Ajv from 'ajv/dist/2020';
import { describe, expect, it } from 'vitest';
import { FORMAT } from '../../bench/results';
import { parseShape, shapeId } from '../../bench/shapes';
import { isUnsteady, rangeOf, spreadOf } from '../../bench/spread';
import { readResults, toCsv, toMarkdown } from '../../page/benchmark/exchange';
import {
  defaults,
  presetNames,
  presets,
  readSettings,
  type Settings,
  shapesOf,
  writeSettings,
} from '../../page/benchmark/settings';
import { packResults, unpackResults } from '../../page/benchmark/share';
import { estimate, stepsOf } from '../../page/benchmark/steps';
import { agreesAsShown, formatValue } from '../../page/numbers';
import { results, shape } from './some-results';

describe('results', () => {
  it('are described by their schema, whole and in a link', async () => {
    const schema = JSON.parse(
      await readFile(new URL('../../bench/results.schema.json', import.meta.url), 'utf8'),
    );
    const validate = new Ajv({ allErrors: true }).compile(schema);
    const isValid = (value: unknown) => (validate(value) ? [] : validate.errors);
    expect(isValid(JSON.parse(JSON.stringify(results)))).toEqual([]);
    const unpacked = await unpackResults(await packResults(results));
    expect(isValid(unpacked)).toEqual([]);
    expect(isValid({ ...results, table: [{ shape }] })).not.toEqual([]);
  });

  it('keep in a link what is shown of them', async () => {
    const packed = await packResults(results);
    expect(packed).toMatch(/^[\w-]+$/);
    const { table, variants, peers, adapter } = await unpackResults(packed);
    expect({ adapter, variants }).toEqual({ adapter: results.adapter, variants: results.variants });
    const [was, is] = [results.table[0]!.ops[0]!, table[0]!.ops[0]!];
    if ('error' in was || 'error' in is) throw new Error('softmax ran');
    expect(is.milliseconds).toBe(0.8);
    const [low, high] = rangeOf(is.samples);
    expect(low).toBeCloseTo(rangeOf(was.samples)[0], 3);
    expect(high).toBeCloseTo(rangeOf(was.samples)[1], 3);
    expect(peers[0]!.peers[1]).toEqual(results.peers[0]!.peers[1]);
    await expect(unpackResults(packed.slice(0, -20))).rejects.toThrow('The link is not whole');
  });

  it('that are none are refused', () => {
    expect(() => readResults('{', 'a.json')).toThrow(/^a\.json is no JSON: /);
    expect(() => readResults('null', 'a.json')).toThrow('a.json has format “undefined”');
    expect(() => readResults(`{"format":"${FORMAT}","table":[]}`, 'a.json')).toThrow(
      'is not whole',
    );
    expect(readResults(JSON.stringify(results), 'a.json')).toEqual(results);
  });

  it('of before regimes had a type are of f32', () => {
    const untyped = results.variants.map(({ dtype: _, ...rest }) => rest);
    const text = JSON.stringify({ ...results, variants: untyped });
    expect(readResults(text, 'a.json')).toEqual(results);
  });

  it('are lines of CSV, with quotes where they are needed', () => {
    const lines = toCsv(results).trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 2 + 2 + 2 + 3);
    expect(lines[3]).toMatch(
      /^"A ""GPU"", fast",operation,row invocation4 vec4,softmax,64x1000,f32,/,
    );
    expect(lines[4]).toMatch(/failed,"said, ""no"""/);
    expect(lines.at(-1)).toMatch(/,library failed,tensorflow\.js,softmax,64x1000,/);
  });

  it('are a table in Markdown', () => {
    expect(toMarkdown(results)).toContain(
      '| 64 × 1\u00a0000 | f32 | softmax | 0.800 | 0.640 | 50 % | 1.60 | 2.5 |',
    );
  });
});

describe('a spread', () => {
  it('is the middle 80 % of the samples, by the median', () => {
    expect(rangeOf([5, 1, 2, 3, 4])).toEqual([1.4, 4.6]);
    expect(rangeOf([2])).toEqual([2, 2]);
    expect(spreadOf({ milliseconds: 3, samples: [1, 2, 3, 4, 5] })).toBeCloseTo(3.2 / 3);
    expect(isUnsteady({ milliseconds: 1, samples: [1, 1, 1.1, 1, 1] })).toBe(false);
    expect(isUnsteady({ milliseconds: 1, samples: [1, 1.5, 1.1, 0.8, 1] })).toBe(true);
  });
});

describe('settings', () => {
  const address = (settings: Settings) => {
    const query = new URLSearchParams();
    writeSettings(settings, query);
    return query.toString();
  };

  it('that are usual leave the address as it is', () => {
    expect(address(defaults)).toBe('');
    expect(readSettings(new URLSearchParams())).toEqual({ settings: defaults, problems: [] });
  });

  it('are read as they were written', () => {
    const settings: Settings = {
      ops: ['softmax', 'crossEntropyWithGrad'],
      dtypes: ['f16'],
      presets: ['attention'],
      own: [parseShape('7x33')!, parseShape('9x5@0')!],
      peers: ['jax-js'],
      variants: false,
      thorough: true,
    };
    expect(readSettings(new URLSearchParams(address(settings)))).toEqual({
      settings,
      problems: [],
    });
  });

  it('have presets of shapes that can be run, each once', () => {
    const everything = { ...defaults, presets: presetNames, thorough: true };
    const listed = presetNames.flatMap((name) => [...presets[name].quick, ...presets[name].more]);
    const shapes = shapesOf(everything).map(shapeId);
    expect([...shapes].sort()).toEqual([...new Set(listed)].sort());
    const quick = shapesOf({ ...everything, thorough: false });
    expect(quick.length).toBeLessThan(shapes.length);
  });

  it('become steps, whose time is more where there is more to do', () => {
    const own = [parseShape('8x100')!];
    const some: Settings = { ...defaults, presets: [], own, ops: ['softmax', 'softmaxJacobian'] };
    const steps = stepsOf({ ...some, peers: ['jax-js'], dtypes: ['f32', 'f16'] });
    expect(steps.map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
      'table: 8 × 100, f32',
      'table: 8 × 100, f16',
      'variants: every variant of softmax, 8 × 100, f32',
      'variants: every variant of softmax, 8 × 100, f16',
      'peers: softmax of peers, 8 × 100, f32',
    ]);
    const seconds = (settings: Settings, adapter: 'cpu' | 'gpu') =>
      stepsOf(settings).reduce((sum, step) => sum + estimate(step, settings, adapter), 0);
    expect(seconds(some, 'cpu')).toBeGreaterThan(seconds(some, 'gpu'));
    expect(seconds({ ...some, thorough: true }, 'gpu')).toBeGreaterThan(seconds(some, 'gpu'));
    expect(stepsOf({ ...some, ops: ['softmaxJacobian'] })).toHaveLength(1);
  });
});

describe('values', () => {
  it.each([
    [0.7573132, '0.757313'],
    [4.2779784, '4.27798'],
    [1002.27798, '1002.28'],
    [-3.19, '−3.19'],
    [1.23456e-7, '1.2346e−7'],
    [-Infinity, '−∞'],
    [0, '0'],
  ])('%d is shown as %s', (value, text) => expect(formatValue(value)).toBe(text));

  it('agree as shown to half a unit of the last digit', () => {
    expect(agreesAsShown(4.277981, 4.277979)).toBe(true);
    expect(agreesAsShown(4.27799, 4.27798)).toBe(false);
    expect(agreesAsShown(0.1024905, 0.1024909)).toBe(true);
    expect(agreesAsShown(-Infinity, -Infinity)).toBe(true);
    expect(agreesAsShown(0, -Infinity)).toBe(false);
  });
});
