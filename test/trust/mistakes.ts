/**
 * Engines that are wrong on purpose: the reference, rounded to f32, with one mistake each. A
 * property that holds of a wrong engine says nothing.
 */

import { type RowOp, rowOps } from '../../conformance/operations';
import type { HostTensor, Reference } from '../../src/reference';
import * as reference from '../../src/reference';
import { size } from '../ops/calls';
import type { Property } from './inputs';
import { type Held, rowsOf } from './properties.page';

/** What a mistake sees of a call, and may spoil. */
interface Given {
  readonly op: RowOp;
  /** The first argument. */
  readonly x: HostTensor;
  /** The second, where it is a tensor. */
  readonly v: HostTensor | undefined;
  readonly axis: number;
  readonly scale: number;
  /** What is right: the values as they will be given. */
  readonly values: Float32Array;
  /** Elements of each row of the first argument. */
  readonly rows: readonly number[][];
  readonly inPlace: boolean;
  /** All of the memory that the result lies in, and the word that it starts at. */
  readonly words: Uint32Array;
  readonly start: number;
}

export interface Mistake {
  readonly name: string;
  /** The properties that must tell. */
  readonly breaks: readonly Property[];
  /** Before the values are stored. */
  readonly spoil?: (given: Given) => void;
  /** After that. */
  readonly stored?: (given: Given) => void;
}

const isProbability = (op: RowOp) => op === 'softmax' || op === 'logSoftmax';
const isDerivative = (op: RowOp) => /Vjp|Jvp|Grad$/.test(op);

/** A mistake that a derivative has lost a thousandth of itself. */
const derivativeOff = (op: RowOp): Mistake => ({
  name: `${op} is a hundredth too large`,
  breaks: ['finiteDifferences'],
  spoil: (given) => {
    if (given.op === op)
      given.values.forEach((y, i, values) => {
        values[i] = 1.01 * y;
      });
  },
});

export const mistakes: readonly Mistake[] = [
  {
    name: 'scales before it subtracts',
    breaks: ['shiftInvariance'],
    spoil: ({ op, x, scale, values, rows }) => {
      if (!isProbability(op)) return;
      const scaled = Float32Array.from(x.data, (v) => scale * v);
      for (const row of rows) {
        const max = row.reduce((most, i) => Math.max(most, scaled[i]!), -Infinity);
        const sum = row.reduce((total, i) => total + Math.exp(scaled[i]! - max), 0);
        for (const i of row) {
          const t = scaled[i]! - max;
          values[i] = op === 'softmax' ? Math.exp(t) / sum : t - Math.log(sum);
        }
      }
    },
  },
  {
    name: 'log-sum-exp without the maximum',
    breaks: ['shiftInvariance'],
    spoil: ({ op, x, scale, values, rows }) => {
      if (op !== 'logSumExp') return;
      for (const [r, row] of rows.entries()) {
        values[r]! -= scale * row.reduce((most, i) => Math.max(most, x.data[i]!), -Infinity);
      }
    },
  },
  {
    name: 'the sum leaves the last class out',
    breaks: ['distributions', 'permutationEquivariance'],
    spoil: ({ op, values, rows }) => {
      if (op !== 'softmax') return;
      for (const row of rows) for (const i of row) values[i]! /= 1 - 0.999 * values[row.at(-1)!]!;
    },
  },
  {
    name: 'classes in the opposite order',
    breaks: ['permutationEquivariance', 'distributions'],
    spoil: ({ op, values, rows }) => {
      if (!isProbability(op)) return;
      for (const row of rows) {
        const turned = row.map((i) => values[i]!).reverse();
        for (const [k, i] of row.entries()) values[i] = turned[k]!;
      }
    },
  },
  {
    name: 'a row whose bits depend on where it is',
    breaks: ['rowsApart'],
    spoil: ({ op, values, rows }) => {
      if (op !== 'softmax') return;
      for (const row of rows.slice(1)) for (const i of row) values[i]! *= 1 + 2 ** -22;
    },
  },
  {
    name: 'probabilities that sum to more than 1',
    breaks: ['distributions'],
    spoil: ({ op, values }) => {
      if (op === 'softmax')
        values.forEach((y, i) => {
          values[i] = 1.001 * y;
        });
    },
  },
  {
    name: 'a logarithm to the base of 2',
    breaks: ['distributions'],
    spoil: ({ op, values }) => {
      if (op === 'logSoftmax')
        values.forEach((y, i) => {
          values[i] = y / Math.LN2;
        });
    },
  },
  {
    name: 'a JVP without its sum',
    breaks: ['adjoints', 'finiteDifferences'],
    spoil: ({ op, x, v, scale, values }) => {
      if (!/Jvp$/.test(op)) return;
      for (let i = 0; i < values.length; i++) {
        values[i] = scale * v!.data[i]! * (op === 'softmaxJvp' ? x.data[i]! : 1);
      }
    },
  },
  {
    name: 'a Jacobian with nothing beside its diagonal',
    breaks: ['adjoints'],
    spoil: ({ op, values, rows, x, axis }) => {
      if (op !== 'softmaxJacobian') return;
      const length = rows[0]!.length;
      const a = axis < 0 ? axis + x.shape.length : axis;
      const inner = size(x.shape.slice(a + 1));
      for (let at = 0; at < values.length; at++) {
        const [j, i] = [
          Math.floor(at / inner) % length,
          Math.floor(at / (inner * length)) % length,
        ];
        if (i !== j) values[at] = 0;
      }
    },
  },
  {
    name: 'a gradient that leaves its first class out',
    breaks: ['gradientSums', 'finiteDifferences'],
    spoil: ({ op, values, rows }) => {
      if (op === 'crossEntropyGrad') for (const row of rows) values[row[0]!] = 0;
    },
  },
  {
    name: 'a derivative without the scale',
    breaks: ['finiteDifferences'],
    spoil: ({ op, scale, values }) => {
      if (!isDerivative(op) || scale === 0) return;
      values.forEach((y, i) => {
        values[i] = y / scale;
      });
    },
  },
  ...(
    [
      'softmaxVjp',
      'softmaxJvp',
      'logSoftmaxVjp',
      'logSoftmaxJvp',
      'logSumExpVjp',
      'crossEntropyGrad',
    ] as const
  ).map(derivativeOff),
  {
    name: 'the last axis, whatever is asked',
    breaks: ['anyAxis'],
    spoil: ({ op, x, scale, values }) => {
      if (isProbability(op)) values.set(reference[op as 'softmax'](x, { axis: -1, scale }).data);
    },
  },
  {
    name: 'a word more than the result has',
    breaks: ['anyPlace'],
    stored: ({ words, start, values }) => {
      const end = start + values.length;
      if (end < words.length) words[end] = 0;
    },
  },
  {
    name: 'a word before the result',
    breaks: ['anyPlace'],
    stored: ({ words, start }) => {
      if (start > 0) words[start - 1] = 0;
    },
  },
  {
    name: 'another last bit in place',
    breaks: ['anyPlace'],
    stored: ({ inPlace, words, start }) => {
      if (inPlace) words[start]! ^= 1;
    },
  },
];

/** A tensor of the twin: words of a buffer. */
class TwinTensor {
  constructor(
    readonly buffer: Uint32Array,
    readonly byteOffset: number,
    readonly shape: readonly number[],
    /** Of the words as they are read. */
    private readonly integers: boolean,
  ) {}

  get words(): Uint32Array {
    const start = this.byteOffset / 4;
    return this.buffer.subarray(start, start + size(this.shape));
  }

  get host(): HostTensor & { data: Float32Array } {
    const { buffer, byteOffset, length } = this.words;
    return { data: new Float32Array(buffer, byteOffset, length), shape: this.shape };
  }

  async read() {
    return (this.integers ? this.words : this.host.data).slice();
  }

  destroy() {}
  [Symbol.dispose]() {}
}

type Options = Record<string, unknown> & { axis?: number; scale?: number; out?: TwinTensor };

/** The reference as an engine, with a mistake or, without one, right. */
export function engineWith(mistake?: Mistake): Held {
  const host = (value: unknown): unknown => (value instanceof TwinTensor ? value.host : value);

  const call = (op: RowOp, args: unknown[]): TwinTensor => {
    const { out, regime: _, ...options } = args.at(-1) as Options;
    const x = host(args[0]) as HostTensor;
    const axis = options.axis ?? -1;
    const rows = rowsOf({ shape: x.shape, axis });
    // Class indices are given as a plain list, of which the reference wants the shape too.
    const a = axis < 0 ? axis + x.shape.length : axis;
    const rowShape = x.shape.filter((_, d) => d !== a);
    const operands = args.slice(0, -1).map((one) => {
      return one instanceof Int32Array ? { data: one, shape: rowShape } : (host(one) as HostTensor);
    });
    for (const [name, value] of Object.entries(options)) options[name] = host(value);
    const right = (reference[op] as (...all: unknown[]) => Reference)(...operands, options);
    const values = Float32Array.from(right.data);
    const result = out ?? new TwinTensor(new Uint32Array(values.length), 0, right.shape, false);
    const first = args[0] as TwinTensor;
    const given: Given = {
      op,
      x,
      v: operands[1],
      axis,
      scale: Math.fround(options.scale ?? 1),
      values,
      rows,
      inPlace: result.buffer === first.buffer && result.byteOffset === first.byteOffset,
      words: result.buffer,
      start: result.byteOffset / 4,
    };
    mistake?.spoil?.(given);
    result.words.set(new Uint32Array(values.buffer));
    mistake?.stored?.(given);
    return result;
  };

  return {
    tensor: (data: Float32Array | Uint32Array, shape: readonly number[]) =>
      new TwinTensor(new Uint32Array(data.slice().buffer), 0, shape, data instanceof Uint32Array),
    wrap: (buffer: Uint32Array, shape: readonly number[], { byteOffset = 0 } = {}) =>
      new TwinTensor(buffer, byteOffset, shape, false),
    done: async () => {},
    ...Object.fromEntries(rowOps.map((op) => [op, (...args: unknown[]) => call(op, args)])),
  } as unknown as Held;
}
