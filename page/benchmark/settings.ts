/** What a run of the benchmark takes on, as the address of the page says it. */
import { type OpName, opNames } from '../../bench/ops';
import { PEERS } from '../../bench/peers/libraries';
import { parseShape, SHAPE_HELP, type Shape, shapeId } from '../../bench/shapes';
import { type FloatDType, floatDTypes } from '../../src/gpu/region';

export interface Settings {
  readonly ops: readonly OpName[];
  readonly dtypes: readonly FloatDType[];
  readonly presets: readonly PresetName[];
  /** Shapes of the visitor's own, besides those of the presets. */
  readonly own: readonly Shape[];
  /** Names of other libraries. */
  readonly peers: readonly string[];
  /** Whether every regime is timed beside the planner's choice. */
  readonly variants: boolean;
  /** More shapes and more rounds. */
  readonly thorough: boolean;
}

export interface Preset {
  readonly title: string;
  readonly hint: string;
  readonly quick: readonly string[];
  /** Besides those of quick. */
  readonly more: readonly string[];
}

export const presets = {
  rows: {
    title: 'Row lengths',
    hint: '4 million elements in rows of 10 to 262,144',
    quick: [
      ...['419430x10', '65536x64', '16384x256', '4194x1000'],
      ...['1024x4096', '256x16384', '64x65536', '16x262144'],
    ],
    more: ['131072x32', '32768x128', '8192x512', '2048x2048', '512x8192', '128x32768', '4x1048576'],
  },
  heads: {
    title: 'Classifier heads',
    hint: 'many rows of 10 to 21,841 classes',
    quick: ['100000x10', '4096x1000'],
    more: ['16384x100', '512x21841'],
  },
  vocabularies: {
    title: 'LLM vocabularies',
    hint: 'few rows of 32,000 to 262,144 tokens',
    quick: ['32x50257', '16x128256'],
    more: ['64x32000', '16x151936', '8x262144'],
  },
  attention: {
    title: 'Attention rows',
    hint: 'heads × queries × keys',
    quick: ['12x512x512', '32x64x2048'],
    more: ['8x1024x1024', '4x256x8192'],
  },
  extremes: {
    title: 'Extreme batches',
    hint: 'half a million rows of four, one row of a million, columns',
    quick: ['524288x4', '1x1000000'],
    more: ['1000000x10', '1000x4096@0', '1000000x10@0'],
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof presets;
export const presetNames = Object.keys(presets) as PresetName[];

export const defaults: Settings = {
  ops: ['softmax', 'softmaxVjp', 'crossEntropyWithGrad'],
  dtypes: ['f32'],
  presets: ['rows'],
  own: [],
  peers: [],
  variants: true,
  thorough: false,
};

export const peerNames = PEERS.map(({ name }) => name);

/** What a form or an address asks for; `problems` says what of it is left out, one line each. */
export interface Asked {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

/** Parameters of the address that are the benchmark's. */
const names = ['ops', 'dtypes', 'shapes', 'peers', 'variants', 'mode'] as const;

/**
 * Reads settings from the address: `?ops=softmax&dtypes=f32,f16&shapes=rows,4096x1000&peers=jax-js&variants=no&mode=thorough`.
 * What is not there is as by default.
 */
export function readSettings(query: URLSearchParams): Asked {
  const problems: string[] = [];
  const words = (name: (typeof names)[number]): string[] | undefined =>
    query
      .get(name)
      ?.split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  const choose = <T extends string>(name: (typeof names)[number], allowed: readonly T[]) =>
    words(name)?.flatMap((word) => {
      const found = allowed.find((choice) => choice === word);
      if (found === undefined) {
        problems.push(`${name}: expected ${allowed.join(', ')}, got “${word}”`);
      }
      return found ?? [];
    });
  const places: PresetName[] = [];
  const own: Shape[] = [];
  const shapes = words('shapes');
  for (const word of shapes ?? []) {
    const preset = presetNames.find((name) => name === word);
    const shape = parseShape(word);
    if (preset) places.push(preset);
    else if (shape) own.push(shape);
    else {
      problems.push(`shapes: expected ${presetNames.join(', ')}, or ${SHAPE_HELP}, got “${word}”`);
    }
  }
  const [mode] = choose('mode', ['quick', 'thorough']) ?? [];
  const [variants] = choose('variants', ['yes', 'no']) ?? [];
  const settings: Settings = {
    ops: choose('ops', opNames) ?? defaults.ops,
    dtypes: choose('dtypes', floatDTypes) ?? defaults.dtypes,
    presets: shapes ? places : defaults.presets,
    own,
    peers: choose('peers', peerNames) ?? defaults.peers,
    variants: variants ? variants === 'yes' : defaults.variants,
    thorough: mode === 'thorough',
  };
  return { settings, problems };
}

/** Puts settings into an address; those that are as by default are left out. */
export function writeSettings(settings: Settings, query: URLSearchParams): void {
  const text = (s: Settings): Record<(typeof names)[number], string> => ({
    ops: s.ops.join(','),
    dtypes: s.dtypes.join(','),
    shapes: [...s.presets, ...s.own.map(shapeId)].join(','),
    peers: s.peers.join(','),
    variants: s.variants ? 'yes' : 'no',
    mode: s.thorough ? 'thorough' : 'quick',
  });
  const [wanted, usual] = [text(settings), text(defaults)];
  for (const name of names) {
    // In the same order always.
    query.delete(name);
    if (wanted[name] !== usual[name]) query.set(name, wanted[name]);
  }
}

/** The shapes of a run, each once. */
export function shapesOf({ presets: chosen, own, thorough }: Settings): Shape[] {
  const listed = chosen.flatMap((name) => {
    const { quick, more }: Preset = presets[name];
    return thorough ? [...quick, ...more] : quick;
  });
  const all = [...listed.map((text) => parseShape(text)!), ...own];
  return [...new Map(all.map((shape) => [shapeId(shape), shape])).values()];
}
