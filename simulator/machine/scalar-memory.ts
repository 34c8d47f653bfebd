/** Scalar loads: descriptors of the set, and words of a buffer that are the same for all lanes. */
import { type Instruction, numberOf } from '../assembly/instruction';
import { describedBy, descriptorWord } from './descriptors';
import { type Constants, scalarPlaces } from './operands';
import type { Step } from './wave';

/** The step of a scalar load; undefined for what is none. */
export function scalarLoadStep(instruction: Instruction, constants: Constants): Step | undefined {
  const match = /^s_(buffer_)?load_dword(?:x(\d+))?$/.exec(instruction.name);
  if (!match) return undefined;
  const fromBuffer = match[1] !== undefined;
  const count = Number(match[2] ?? 1);
  const [result, base, distance] = scalarPlaces(instruction, constants);
  const offset = numberOf(instruction, 'offset');
  return (wave) => {
    const { u32 } = wave;
    const byte = u32[distance!]! + offset;
    if (byte % 4 !== 0) throw new Error(`scalar load from byte ${byte}, which is no word's`);
    if (fromBuffer) {
      // Loads are made longer than what is used of them; past the end there are zeros.
      const { words } = describedBy(wave, base!);
      for (let i = 0; i < count; i++) u32[result! + i] = words[byte / 4 + i] ?? 0;
    } else {
      const [low, high] = [u32[base!]!, u32[base! + 1]!];
      for (let i = 0; i < count; i++) {
        u32[result! + i] = descriptorWord(wave, low, high, byte + 4 * i);
      }
    }
  };
}
