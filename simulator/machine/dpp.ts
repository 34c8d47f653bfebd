/** DPP: the first source of a vector instruction comes from another lane of its row of 16. */
import { type Instruction, numberOf, numbersOf } from '../assembly/instruction';
import { EXEC, ROW } from './registers';
import type { Step, Wave } from './wave';

/** The lane that each takes its source from; −1 where that would be outside the row. */
function lanesFrom(instruction: Instruction): Int8Array {
  const from = sourceLane(instruction);
  return Int8Array.from({ length: ROW }, (_, lane) => {
    const within = from(lane & 15);
    return within < 0 || within > 15 ? -1 : (lane & ~15) + within;
  });
}

/** The same within a row. */
function sourceLane(instruction: Instruction): (lane: number) => number {
  const { modifiers } = instruction;
  const by = (name: string) => numberOf(instruction, name);
  if (modifiers.has('quad_perm')) {
    const quad = numbersOf(instruction, 'quad_perm');
    return (lane) => (lane & ~3) + quad[lane & 3]!;
  }
  if (modifiers.has('dpp8')) {
    const eight = numbersOf(instruction, 'dpp8');
    return (lane) => (lane & ~7) + eight[lane & 7]!;
  }
  if (modifiers.has('row_shl')) return (lane) => lane + by('row_shl');
  if (modifiers.has('row_shr')) return (lane) => lane - by('row_shr');
  if (modifiers.has('row_ror')) return (lane) => (lane - by('row_ror')) & 15;
  if (modifiers.has('row_xmask')) return (lane) => lane ^ by('row_xmask');
  if (modifiers.has('row_share')) return () => by('row_share');
  if (modifiers.has('row_mirror')) return (lane) => 15 - lane;
  if (modifiers.has('row_half_mirror')) return (lane) => (lane & 8) + 7 - (lane & 7);
  throw new Error('this way to permute lanes is not simulated');
}

/**
 * A step that brings the source and switches those lanes off that get none: outside the masks of rows
 * and banks, or without a lane to take it from. `afterwards` switches them on again.
 */
export function permutation(instruction: Instruction): {
  permute: (from: number, to: number) => Step;
  afterwards: Step;
} {
  const source = lanesFrom(instruction);
  const mask = (name: string) => Number(instruction.modifiers.get(name) ?? 0xf);
  const [rows, banks] = [mask('row_mask'), mask('bank_mask')];
  const readsInactive = numberOf(instruction, 'fi') === 1;
  const zeroWithout = numberOf(instruction, 'bound_ctrl') === 1;
  const left = new Uint8Array(ROW);
  let [all, active] = [left, 0];
  const permute = (from: number, to: number) => (wave: Wave) => {
    const { u32 } = wave;
    ({ lanes: all, active } = wave);
    let kept = 0;
    for (let i = 0; i < active; i++) {
      const lane = all[i]!;
      if (!((rows >> (lane >> 4)) & (banks >> ((lane >> 2) & 3)) & 1)) continue;
      const other = source[lane]!;
      const isThere = other >= 0 && (readsInactive || isOn(wave, other));
      if (!isThere && !zeroWithout) continue;
      u32[to + lane] = isThere ? u32[from + other]! : 0;
      left[kept++] = lane;
    }
    wave.lanes = left;
    wave.active = kept;
  };
  const afterwards = (wave: Wave) => {
    wave.lanes = all;
    wave.active = active;
  };
  return { permute, afterwards };
}

export const isOn = ({ u32 }: Wave, lane: number): boolean =>
  ((u32[EXEC + (lane >> 5)]! >>> (lane & 31)) & 1) === 1;
