/** Where a case's tensors lie in GPU memory, and what is around them. */
import { fromHalves, toHalves } from '../src/gpu/half';
import { bytesOf, bytesPer, wordsOf } from '../src/gpu/region';
import type { DType, GpuTensor } from '../src/index';
import type { Reference } from '../src/reference';
import type { Arena, Extent } from './arena';
import { type Case, halfInputs, type Inputs, replacedBy, resultDType } from './cases';

/** Words around every output that must stay as they were, to the half. */
const GUARD = 64;
const GUARD_WORD = 0xabcdef01;

/** A result in its buffer, with guard zones on both sides. */
export interface GuardedOutput extends Extent {
  readonly tensor: GpuTensor;
  /** Words that lie around it, over and over. */
  readonly around: readonly number[];
}

/**
 * Puts the inputs of a case into buffers of their own, and makes room for its results, with guard
 * zones on both sides.
 *
 * @param around words that lie around an input of a dtype, over and over; default: the guard word.
 */
export function layOut(
  arena: Arena,
  c: Case,
  inputs: Inputs,
  results: Record<string, Pick<Reference, 'shape' | 'data'>>,
  around: (dtype: DType) => readonly number[] = () => [GUARD_WORD],
) {
  const { engine } = arena;
  const { device } = engine;
  /** An offset in the middle of a word is for halves; others start at the next one. */
  const startOf = (dtype: DType) => {
    const offset = c.byteOffset ?? 0;
    return 4 * GUARD + bytesPer(dtype) * Math.ceil(offset / bytesPer(dtype));
  };
  const encoder = device.createCommandEncoder();
  const extents: Extent[] = [];
  const place = (byteOffset: number, count: number): Extent => {
    const size = bytesOf(byteOffset / 4 + count + 4 + GUARD, 'f32');
    const extent = { buffer: arena.take(size), size };
    extents.push(extent);
    return extent;
  };
  const tensors: Record<string, GpuTensor> = {};
  const sizes = new Map<GPUBuffer, number>();
  const writes: (() => void)[] = [];
  const halves = halfInputs(c, inputs);
  for (const [name, { data, shape }] of Object.entries(inputs)) {
    const dtype = halves.includes(name) ? 'f16' : dtypeOf(data);
    const byteOffset = startOf(dtype);
    const { buffer, size } = place(byteOffset, data.length);
    sizes.set(buffer, size);
    const tensor = engine.wrap(buffer, shape, { dtype, byteOffset });
    tensors[name] = tensor;
    const pattern = around(dtype);
    const words = wordsOf(tensor);
    const end = words.offset + words.size;
    arena.fill(encoder, { buffer, size: words.offset }, pattern);
    arena.fill(encoder, { buffer, size }, pattern, end);
    writes.push(() => {
      const filled = dtype === 'f16' ? withHalves(tensor, data, pattern) : data;
      device.queue.writeBuffer(buffer, words.offset, filled as Uint32Array<ArrayBuffer>);
    });
  }
  const outs: Record<string, GpuTensor> = {};
  const outputs: Record<string, GuardedOutput> = {};
  for (const [name, { shape, data }] of Object.entries(results)) {
    const dtype = resultDType(c, name);
    const replaced = tensors[replacedBy(c, inputs, name) ?? ''];
    let extent: Extent;
    if (replaced) {
      outs[name] = replaced;
      extent = { buffer: replaced.buffer, size: sizes.get(replaced.buffer)! };
    } else {
      const byteOffset = startOf(dtype);
      extent = place(byteOffset, data.length);
      arena.fill(encoder, extent, [GUARD_WORD]);
      outs[name] = engine.wrap(extent.buffer, shape, { dtype, byteOffset });
    }
    const words = replaced ? around(replaced.dtype) : [GUARD_WORD];
    outputs[name] = { ...extent, tensor: outs[name], around: words };
  }
  device.queue.submit([encoder.finish()]);
  for (const write of writes) write();
  return { tensors, outs, outputs, buffers: extents.map(({ buffer }) => buffer) };
}

/** The words that a tensor of halves lies in, with what is around it in the first and the last. */
function withHalves(
  tensor: GpuTensor,
  data: Inputs[string]['data'],
  around: readonly number[],
): Uint32Array {
  const { offset, size } = wordsOf(tensor);
  if (size === 0) return new Uint32Array();
  const first = offset / 4;
  const words = Uint32Array.from(
    { length: size / 4 },
    (_, i) => around[(first + i) % around.length]!,
  );
  const at = (tensor.byteOffset - offset) / 2;
  new Uint16Array(words.buffer).set(toHalves(data).subarray(0, data.length), at);
  return words;
}

const dtypeOf = (data: unknown): DType =>
  data instanceof Float32Array ? 'f32' : data instanceof Int32Array ? 'i32' : 'u32';

/** What the GPU made of a result. */
export interface ReadOutput {
  readonly name: string;
  readonly output: GuardedOutput;
  /** Of its buffer. */
  readonly words: Uint32Array;
  readonly fault: Awaited<GpuTensor['fault']>;
}

/**
 * Reads the results of calls back and gives their buffers back to the arena.
 *
 * @param use takes the results of each call; their words are gone after that.
 */
export async function readBack<T>(
  arena: Arena,
  calls: readonly {
    readonly outputs: Record<string, GuardedOutput>;
    readonly buffers: readonly GPUBuffer[];
  }[],
  use: (results: ReadOutput[][]) => T,
): Promise<T> {
  const all = calls.flatMap(({ outputs }) => Object.values(outputs));
  const faults = await Promise.all(all.map(({ tensor }) => tensor.fault));
  const made = await arena.read(all, (words) => {
    let i = 0;
    return use(
      calls.map(({ outputs }) =>
        Object.entries(outputs).map(([name, output]) => {
          const read = { name, output, words: words[i]!, fault: faults[i] };
          i++;
          return read;
        }),
      ),
    );
  });
  for (const { buffers } of calls) arena.release(buffers);
  return made;
}

/** The elements of a result in the words that its buffer holds, which they may share. */
export function elementsOf(words: Uint32Array, { tensor }: GuardedOutput): Float32Array {
  const { byteOffset, count, dtype } = tensor;
  const { buffer } = words;
  const start = words.byteOffset + byteOffset;
  if (dtype === 'f16') return fromHalves(new Uint16Array(buffer, start, count));
  if (dtype === 'u32') return Float32Array.from(new Uint32Array(buffer, start, count));
  if (dtype === 'i32') return Float32Array.from(new Int32Array(buffer, start, count));
  return new Float32Array(buffer, start, count);
}

/** Where the first half around a result is that is not as it was. */
export function firstTouched(
  words: Uint32Array,
  { tensor, around }: GuardedOutput,
): number | undefined {
  const { byteOffset, count, dtype } = tensor;
  const [first, end] = [byteOffset / 2, (byteOffset + bytesPer(dtype) * count) / 2];
  const halves = new Uint16Array(words.buffer, words.byteOffset, 2 * words.length);
  for (let i = 0; i < halves.length; i = i === first - 1 ? end : i + 1) {
    const word = around[Math.floor(i / 2) % around.length]!;
    if (halves[i] !== (i % 2 === 0 ? word & 0xffff : word >>> 16)) return 2 * i;
  }
  return undefined;
}
