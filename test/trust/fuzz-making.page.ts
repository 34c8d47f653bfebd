/** `tensor` and `wrap` with generated arguments, against an oracle that says which of them are right. */

import { sharedEngine } from '../../conformance/engine';
import { GpuTensor } from '../../src/engine/tensor';
import type { DType } from '../../src/index';
import { size } from '../ops/calls';
import { isOwnError, within } from './watch';

/** Which of the values below to take; taken modulo how many there are. */
export interface Making {
  readonly op: 'tensor' | 'wrap';
  readonly data: number;
  readonly shape: number;
  readonly dtype: number;
  readonly byteOffset: number;
  readonly options: number;
  readonly seed: number;
}

const pick = <T>(values: readonly T[], at: number): T => values[at % values.length]!;
const [STORAGE, COPY_SRC, COPY_DST] = [128, 4, 8];

const shapes: readonly unknown[] = [
  [4],
  [4],
  [2, 2],
  [1, 4, 1],
  [0],
  [0, 5],
  [],
  [3],
  [5],
  [-4],
  [2.5],
  [Number.NaN],
  ['4'],
  [4n],
  [null],
  [Symbol('size')],
  [Object.create(null)],
  // biome-ignore lint/suspicious/noSparseArray: the point is the hole
  [, 4],
  [2 ** 53],
  [2 ** 52, 4],
  new Array(40).fill(2 ** 50).concat(0),
  new Array(40).fill(2 ** 50),
  new Uint32Array([4]),
  4,
  '4',
  null,
  undefined,
  {},
  { length: 1, 0: 4 },
];

const dtypes: readonly unknown[] = [
  undefined,
  undefined,
  'f32',
  'f16',
  'i32',
  'u32',
  'f64',
  '',
  null,
  5,
  {},
  Symbol('dtype'),
  ['f32'],
];

const offsets: readonly unknown[] = [
  0,
  undefined,
  4,
  8,
  16,
  1,
  2,
  -4,
  0.5,
  1e9,
  Number.NaN,
  '4',
  null,
  {},
  4n,
];

const optionsInstead: readonly unknown[] = [
  ...new Array(20).fill(undefined),
  null,
  5,
  'f32',
  [],
  () => 0,
  new Float32Array(4),
];

const numbers = (seed: number, n: number) =>
  Array.from({ length: n }, (_, i) => ((seed + i) % 7) + 1);

function shared(values: readonly number[]): Uint32Array {
  const view = new Uint32Array(new SharedArrayBuffer(4 * values.length));
  view.set(values);
  return view;
}

/** Where the values are in the middle of memory that is cut down to them. */
function resizable(values: readonly number[]): Float32Array {
  const bytes = 4 * values.length;
  const buffer: ArrayBuffer & { resize?(bytes: number): void } = Reflect.construct(ArrayBuffer, [
    bytes + 8,
    { maxByteLength: bytes + 8 },
  ]);
  const view = new Float32Array(buffer, 4, values.length);
  view.set(values);
  buffer.resize!(bytes + 4);
  return view;
}

function sources(seed: number): readonly unknown[] {
  const four = numbers(seed, 4);
  return [
    Float32Array.from(four),
    Float32Array.from([9, ...four]).subarray(1),
    Int32Array.from(four),
    Uint32Array.from(four),
    four,
    four,
    new Float32Array(0),
    shared(four),
    resizable(four),
    [],
    four.map(String),
    [...four.slice(1), undefined],
    [...four.slice(1), 10n],
    [...four.slice(1), Symbol('number')],
    // biome-ignore lint/suspicious/noSparseArray: the point is the hole
    [1, , 3, 4],
    four.map((v) => v + 0.5),
    four.map((v) => -v),
    [1, 2, 3, 2 ** 32],
    [1, 2, Number.NaN, Number.POSITIVE_INFINITY],
    Float64Array.from(four, (v) => v + 0.5),
    new Float64Array(four),
    new Uint8Array(four),
    new Uint16Array(four),
    Int8Array.from(four, (v) => -v),
    BigInt64Array.from(four, (v, i) => BigInt(v) << (i === 3 && v > 4 ? 40n : 0n)),
    BigUint64Array.from(four, BigInt),
    new DataView(new ArrayBuffer(16)),
    new ArrayBuffer(16),
    'four',
    null,
    undefined,
    4,
    { length: 4 },
    new Set(four),
  ];
}

function buffers(device: GPUDevice, made: GPUBuffer[]): readonly unknown[] {
  const buffer = (usage: number, bytes = 16, mappedAtCreation = false) => {
    const one = device.createBuffer({ size: bytes, usage, mappedAtCreation });
    made.push(one);
    return one;
  };
  const good = STORAGE | COPY_SRC | COPY_DST;
  return [
    buffer(good),
    buffer(good, 32),
    buffer(good, 20),
    buffer(COPY_SRC | COPY_DST),
    buffer(good, 16, true),
    new ArrayBuffer(16),
    { size: 16, usage: good, mapState: 'unmapped' },
    null,
    undefined,
    device,
    new Float32Array(4),
  ];
}

const isShape = (shape: unknown): shape is number[] =>
  Array.isArray(shape) &&
  Object.keys(shape).length === shape.length &&
  shape.every((n) => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0) &&
  Number.isSafeInteger(size(shape));

const isDType = (dtype: unknown): dtype is DType =>
  (['f32', 'f16', 'i32', 'u32'] as unknown[]).includes(dtype);

/** The dtype of a right `tensor` call; undefined for a wrong one. */
function rightTensor(data: unknown, shape: unknown, dtype: unknown): DType | undefined {
  const natural = new Map<unknown, DType>([
    [Float32Array, 'f32'],
    [Int32Array, 'i32'],
    [Uint32Array, 'u32'],
  ]).get(data?.constructor);
  const wanted = dtype === undefined ? (natural ?? 'f32') : dtype;
  if (!isDType(wanted) || !isShape(shape)) return undefined;
  const isArray = Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView));
  if (!isArray || (data as unknown[]).length !== size(shape)) return undefined;
  const least = wanted === 'i32' ? -(2 ** 31) : 0;
  const most = wanted === 'i32' ? 2 ** 31 - 1 : 2 ** 32 - 1;
  const fits = (v: unknown) => {
    if (wanted === 'f32' || wanted === 'f16') return typeof v === 'number';
    if (typeof v === 'bigint') return v >= BigInt(least) && v <= BigInt(most);
    return typeof v === 'number' && Number.isInteger(v) && v >= least && v <= most;
  };
  return Array.from(data as unknown[]).every(fits) ? wanted : undefined;
}

function rightWrap(buffer: unknown, shape: unknown, dtype: unknown, byteOffset: unknown): boolean {
  const d = dtype === undefined ? 'f32' : dtype;
  const at = byteOffset === undefined ? 0 : byteOffset;
  if (!(buffer instanceof GPUBuffer) || !(buffer.usage & STORAGE)) return false;
  if (buffer.mapState !== 'unmapped' || !isShape(shape)) return false;
  if (!isDType(d)) return false;
  const unit = d === 'f16' ? 2 : 4;
  if (typeof at !== 'number' || !Number.isInteger(at) || at < 0 || at % unit !== 0) return false;
  return 4 * Math.ceil((at + unit * size(shape)) / 4) <= buffer.size;
}

/** What is wrong with each making, '' for nothing, and how many were right. */
export async function make(makings: readonly Making[]) {
  const engine = await sharedEngine();
  const stray: string[] = [];
  engine.device.onuncapturederror = ({ error }) => stray.push(error.message);
  const made: GPUBuffer[] = [];
  const wrappable = buffers(engine.device, made);
  let right = 0;
  const problems: { index: number; problem: string }[] = [];
  const one = async (making: Making): Promise<string> => {
    const { op, seed } = making;
    const shape = pick(shapes, making.shape);
    const dtype = pick(dtypes, making.dtype);
    const byteOffset = pick(offsets, making.byteOffset);
    const instead = pick(optionsInstead, making.options);
    const given = {
      ...(dtype !== undefined && { dtype }),
      ...(byteOffset !== undefined && { byteOffset }),
    };
    const options = instead === undefined ? given : instead;
    const source =
      op === 'tensor' ? pick(sources(seed), making.data) : pick(wrappable, making.data);
    const isRight =
      instead === undefined &&
      (op === 'tensor'
        ? rightTensor(source, shape, dtype) !== undefined
        : rightWrap(source, shape, dtype, byteOffset));
    let tensor: GpuTensor;
    try {
      tensor = (engine[op] as (...args: unknown[]) => GpuTensor)(source, shape, options);
    } catch (error) {
      if (isRight) return `refused: ${error}`;
      return isOwnError(error, op) ? '' : `not our own error: ${error}`;
    }
    if (!isRight) return `not refused: shape [${tensor.shape}], ${tensor.dtype}`;
    right++;
    if (!(tensor instanceof GpuTensor)) return 'no tensor';
    const values = [...(await within(30_000, 'read', tensor.read()))];
    tensor.destroy();
    if (op === 'wrap') return values.every((v) => v === 0) ? '' : `reads ${values}`;
    // f16 holds these numbers, and what is too large for it is infinite.
    const round = (v: number) => (tensor.dtype === 'f16' && v > 65_504 ? Infinity : v);
    const wanted = Array.from(source as ArrayLike<number | bigint>, (v) => round(Number(v)));
    return wanted.every((v, i) => Object.is(v, values[i])) ? '' : `reads ${values}, not ${wanted}`;
  };
  // At once: each read waits for the GPU.
  const found = await Promise.all(makings.map(one));
  found.forEach((problem, index) => {
    if (problem !== '') problems.push({ index, problem });
  });
  const fault = await engine.done().then(
    () => '',
    (error) => String(error),
  );
  if (fault) stray.push(fault);
  for (const buffer of made) buffer.destroy();
  return { right, problems, stray };
}
