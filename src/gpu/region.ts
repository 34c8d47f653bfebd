/** A tensor's place in a GPU buffer. */
export interface Region {
  readonly buffer: GPUBuffer;
  readonly byteOffset: number;
  /** Elements of 4 bytes. */
  readonly count: number;
}

/** How two ranges of one buffer lie to each other. */
export function overlapOf(a: Region, b: Region): 'none' | 'same' | 'partial' {
  if (a.buffer !== b.buffer) return 'none';
  const [aEnd, bEnd] = [a.byteOffset + 4 * a.count, b.byteOffset + 4 * b.count];
  if (aEnd <= b.byteOffset || bEnd <= a.byteOffset) return 'none';
  return a.byteOffset === b.byteOffset && aEnd === bEnd ? 'same' : 'partial';
}
