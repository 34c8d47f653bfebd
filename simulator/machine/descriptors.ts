/**
 * Descriptors of buffers as RADV lays them out: a set in memory whose address comes in a scalar
 * register, 16 bytes a binding. Here a descriptor says which binding it is, and how long.
 */
import type { Binding } from './memory';
import type { Wave } from './wave';

/** The two words of the set's address; the driver's own kernels use this upper one. */
export const SET_ADDRESS = 0x1000;
const UPPER = 0xffff_8000;

/** A descriptor's first word is this and the binding's number. */
const TAG = 0xd000_0000;
const WORDS = 4;

/** The word of the set at a distance in bytes. What lies beyond the bindings is zero. */
export function descriptorWord({ memory }: Wave, low: number, high: number, byte: number): number {
  if (low !== SET_ADDRESS || high !== UPPER) {
    const address = [high, low].map((word) => word.toString(16).padStart(8, '0')).join('');
    throw new Error(`scalar load from address 0x${address}, where no descriptors are`);
  }
  const index = byte >> 2;
  const binding = memory.bindings[Math.floor(index / WORDS)];
  if (!binding) return 0;
  const word = index % WORDS;
  return word === 0 ? TAG + Math.floor(index / WORDS) : word === 2 ? binding.bytes : 0;
}

/** What a descriptor in these scalar registers describes. */
export function describedBy({ u32, memory }: Wave, place: number): Binding {
  const first = u32[place]!;
  const binding = first >= TAG ? memory.bindings[first - TAG] : undefined;
  if (!binding)
    throw new Error(`0x${first.toString(16)} is no descriptor of a buffer that is bound`);
  return binding;
}
