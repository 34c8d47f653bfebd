/** The memory that a workgroup sees: what is bound, and what its waves share. */
import type { SharedMemory } from './shared-memory';

/** A range of a buffer, bound. */
export interface Binding {
  readonly words: Uint32Array;
  readonly halves: Uint16Array;
  readonly bytes: number;
  readonly writable: boolean;
  /** As the WGSL calls it. */
  readonly name: string;
}

export interface Memory {
  /** By number. */
  readonly bindings: readonly (Binding | undefined)[];
  readonly shared: SharedMemory;
}

/** A bound range, from its first byte. */
export function bindingOf(
  buffer: ArrayBuffer,
  byteOffset: number,
  bytes: number,
  writable: boolean,
  name: string,
): Binding {
  return {
    words: new Uint32Array(buffer, byteOffset, bytes >> 2),
    halves: new Uint16Array(buffer, byteOffset, bytes >> 1),
    bytes,
    writable,
    name,
  };
}
