/** What decides a text: the words before it, a seed, and how words are drawn. A link says all of it. */

import { formatCount } from '../numbers';

/** A slider: the values it can have, and how each is written. */
interface Control {
  readonly title: string;
  readonly values: readonly number[];
  readonly usual: number;
  text(value: number): string;
}

const range = (least: number, most: number, step: number) =>
  Array.from({ length: Math.round((most - least) / step) + 1 }, (_, i) =>
    Number((least + i * step).toFixed(2)),
  );

const factor = (value: number) => (value === 1 ? 'none' : `× ${value.toFixed(2)}`);
const amount = (value: number) => (value === 0 ? 'none' : `− ${value.toFixed(1)}`);

/** By their names in an address. */
export const controls = {
  temperature: {
    title: 'Temperature',
    values: range(0.1, 2, 0.05),
    usual: 1,
    text: (value) => value.toFixed(2),
  },
  'top-k': {
    title: 'Top-k',
    values: [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, Infinity],
    usual: Infinity,
    text: (value) => (Number.isFinite(value) ? formatCount(value) : 'all'),
  },
  'top-p': {
    title: 'Top-p',
    values: [...range(0.05, 0.95, 0.05), 0.97, 0.99, 0.999, 1],
    usual: 0.9,
    text: (value) => (value === 1 ? 'all' : String(value)),
  },
  'min-p': {
    title: 'Min-p',
    values: [0, 0.0001, 0.001, 0.005, 0.01, 0.02, 0.05, ...range(0.1, 1, 0.1)],
    usual: 0,
    text: (value) => (value === 0 ? 'none' : String(value)),
  },
  repetition: { title: 'Repetition penalty', values: range(1, 2, 0.05), usual: 1, text: factor },
  frequency: { title: 'Frequency penalty', values: range(0, 2, 0.1), usual: 0, text: amount },
  presence: { title: 'Presence penalty', values: range(0, 2, 0.1), usual: 0, text: amount },
} as const satisfies Record<string, Control>;

export type ControlName = keyof typeof controls;
export const controlNames = Object.keys(controls) as ControlName[];

export interface Settings extends Readonly<Record<ControlName, number>> {
  /** As they are typed. */
  readonly words: string;
  readonly seed: number;
}

export const usual: Settings = {
  words: 'The president of the United States',
  seed: 1,
  ...(Object.fromEntries(controlNames.map((name) => [name, controls[name].usual])) as Record<
    ControlName,
    number
  >),
};

/** Seeds are integers from 0 to 2³² − 1. */
export const isSeed = (seed: number): boolean =>
  Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32;

/** Reads settings from an address; what is not there, or cannot be, is as usual. */
export function readSettings(query: URLSearchParams): Settings {
  const number = (name: string) => Number(query.get(name) ?? Number.NaN);
  const chosen = controlNames.map((name) => {
    const values: readonly number[] = controls[name].values;
    return [name, values.includes(number(name)) ? number(name) : usual[name]];
  });
  return {
    ...usual,
    ...(Object.fromEntries(chosen) as Record<ControlName, number>),
    words: query.get('words') ?? usual.words,
    seed: isSeed(number('seed')) ? number('seed') : usual.seed,
  };
}

/** Puts settings into an address; those that are as usual are left out. */
export function writeSettings(settings: Settings, query: URLSearchParams): void {
  for (const name of ['words', 'seed', ...controlNames] as const) {
    query.delete(name);
    if (settings[name] !== usual[name]) query.set(name, String(settings[name]));
  }
}
