/** Instructions that carry values from lane to lane. */
import { type Instruction, numberOf, numbersOf } from '../assembly/instruction';
import { isOn } from './dpp';
import { type Constants, placeOf } from './operands';
import { ROW } from './registers';
import type { Step, Wave } from './wave';

type Make = (places: readonly number[], instruction: Instruction) => Step;

const row = new Uint32Array(ROW);

/** All lanes of a register as they are before any is written. */
function kept({ u32 }: Wave, place: number): Uint32Array {
  row.set(u32.subarray(place, place + ROW));
  return row;
}

/**
 * Each lane takes the value of another of its row of 16, or of the row beside that; which one, 4 bits
 * each of two scalars say.
 */
const permuteRows =
  (crosses: boolean): Make =>
  ([result, source, low, high], instruction) => {
    const [readsInactive, zeroWithout] = numbersOf(instruction, 'op_sel');
    return (wave) => {
      const { u32, lanes, active } = wave;
      const values = kept(wave, source!);
      for (let i = 0; i < active; i++) {
        const lane = lanes[i]!;
        const within = lane & 15;
        const pick = (u32[within < 8 ? low! : high!]! >>> (4 * (within & 7))) & 15;
        const from = ((lane & ~15) ^ (crosses ? 16 : 0)) + pick;
        if (readsInactive || isOn(wave, from)) u32[result! + lane] = values[from]!;
        else if (zeroWithout) u32[result! + lane] = 0;
      }
    };
  };

const operations: Readonly<Record<string, Make>> = {
  v_permlane16_b32: permuteRows(false),
  v_permlanex16_b32: permuteRows(true),
  v_readfirstlane_b32:
    ([result, source]) =>
    ({ u32, lanes, active }) => {
      u32[result!] = u32[source! + (active > 0 ? lanes[0]! : 0)]!;
    },
  v_readlane_b32:
    ([result, source, lane]) =>
    ({ u32, program }) => {
      u32[result!] = u32[source! + (u32[lane!]! & (program.waveSize - 1))]!;
    },
  v_writelane_b32:
    ([result, source, lane]) =>
    ({ u32, program }) => {
      u32[result! + (u32[lane!]! & (program.waveSize - 1))] = u32[source!]!;
    },
  // Lanes of the same half, by byte addresses. What is switched off reads as 0.
  ds_bpermute_b32:
    ([result, address, source], instruction) =>
    (wave) => {
      const { u32, lanes, active } = wave;
      const values = kept(wave, source!);
      const offset = numberOf(instruction, 'offset');
      for (let i = 0; i < active; i++) {
        const lane = lanes[i]!;
        const from = (((u32[address! + lane]! + offset) >>> 2) & 31) + (lane & 32);
        u32[result! + lane] = isOn(wave, from) ? values[from]! : 0;
      }
    },
};

/** The step of such an instruction; undefined for one that is not among them. */
export function crossLaneStep(instruction: Instruction, constants: Constants): Step | undefined {
  const make = operations[instruction.name];
  if (!make) return undefined;
  const isScalarSource =
    instruction.name === 'v_readfirstlane_b32' && instruction.operands[1]?.kind !== 'vector';
  if (isScalarSource) throw new Error('a source that all lanes share');
  return make(
    instruction.operands.map((operand) => placeOf(operand, constants)),
    instruction,
  );
}
