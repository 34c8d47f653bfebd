import { bufferUsage } from './constants';

/** Element types of a tensor. An f16 takes 2 bytes, the others 4. */
export type DType = 'f32' | 'f16' | 'i32' | 'u32';

/** Element types of data that is computed with. */
export type FloatDType = 'f32' | 'f16';

export const floatDTypes: readonly FloatDType[] = ['f32', 'f16'];

/** A tensor's place in a GPU buffer. */
export interface Region {
  readonly buffer: GPUBuffer;
  /** A multiple of the element's size. */
  readonly byteOffset: number;
  readonly dtype: DType;
  /** Elements. */
  readonly count: number;
}

/** Elements on the host that a call takes along to the GPU. */
export interface HostElements {
  readonly dtype: DType;
  /** In memory of their own. */
  readonly elements: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  readonly count: number;
}

/** Bytes of an element. */
export const bytesPer = (dtype: DType): 2 | 4 => (dtype === 'f16' ? 2 : 4);

const toWords = (bytes: number): number => 4 * Math.ceil(bytes / 4);

/** Bytes of `count` elements in whole words, which is what the GPU binds and copies. */
export const bytesOf = (count: number, dtype: DType): number => toWords(bytesPer(dtype) * count);

/** What the buffer of a tensor of ours may be used for. */
export const tensorUsage = bufferUsage.STORAGE | bufferUsage.COPY_SRC | bufferUsage.COPY_DST;

/** The byte after a region's last. */
export const endOf = ({ byteOffset, count, dtype }: Region): number =>
  byteOffset + bytesPer(dtype) * count;

/** The whole words that hold a region: its first half may be the second of a word. */
export function wordsOf(region: Region): { readonly offset: number; readonly size: number } {
  const { byteOffset, count } = region;
  const offset = byteOffset - (byteOffset % 4);
  return { offset, size: count === 0 ? 0 : toWords(endOf(region)) - offset };
}

/** How two ranges of one buffer overlap. */
export function overlapOf(a: Region, b: Region): 'none' | 'same' | 'partial' {
  if (a.buffer !== b.buffer) return 'none';
  const [aEnd, bEnd] = [endOf(a), endOf(b)];
  if (aEnd <= b.byteOffset || bEnd <= a.byteOffset) return 'none';
  return a.byteOffset === b.byteOffset && aEnd === bEnd ? 'same' : 'partial';
}

/** Elements of a region, from one on. */
export const partOf = (
  { buffer, byteOffset, dtype }: Region,
  first: number,
  count: number,
): Region => ({
  buffer,
  byteOffset: byteOffset + bytesPer(dtype) * first,
  dtype,
  count,
});
