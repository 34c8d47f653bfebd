/** A tensor's place in a GPU buffer. */
export interface Region {
  readonly buffer: GPUBuffer;
  readonly byteOffset: number;
  /** Elements of 4 bytes. */
  readonly count: number;
}

/** What the buffer of a tensor of ours may be used for. */
export const tensorUsage = () =>
  GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** In place of a tensor's buffer where nothing reaches the GPU. */
export const standIn = (size: number) => ({ size, usage: tensorUsage() }) as GPUBuffer;

/** How two ranges of one buffer lie to each other. */
export function overlapOf(a: Region, b: Region): 'none' | 'same' | 'partial' {
  if (a.buffer !== b.buffer) return 'none';
  const [aEnd, bEnd] = [a.byteOffset + 4 * a.count, b.byteOffset + 4 * b.count];
  if (aEnd <= b.byteOffset || bEnd <= a.byteOffset) return 'none';
  return a.byteOffset === b.byteOffset && aEnd === bEnd ? 'same' : 'partial';
}
