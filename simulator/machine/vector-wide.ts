/** Vector instructions with results of more than one word: carries, shifts of 64 bits, exchanges. */
import type { Instruction } from '../assembly/instruction';
import { shifted64 } from './bits';
import { type Kind, laneLoop } from './lanes';
import { type Constants, placeOf } from './operands';
import { temporaryAt, vectorAt } from './registers';
import type { Step, Wave } from './wave';

type Make = (instruction: Instruction, constants: Constants) => Step;

const copy = laneLoop('u32', ['u32'], (a) => a);
const copied = (wave: Wave, to: number, from: number) => copy(wave, to, from, 1, 0, 0, 0, 0);

function strideOf({ operands }: Instruction, i: number): 0 | 1 {
  return operands[i]?.kind === 'vector' ? 1 : 0;
}

/** A sum or difference, and a mask of the lanes that carry or borrow: result, mask, two sources, mask. */
function withCarry(compute: (a: number, b: number, carry: number) => number, takes: boolean): Make {
  const kinds: Kind[] = ['u32', 'u32', ...(takes ? (['mask'] as const) : [])];
  const full = takes ? compute : (a: number, b: number) => compute(a, b, 0);
  const value = laneLoop('u32', kinds, full);
  const carries = laneLoop('mask', kinds, (a, b, carry) => {
    const exact = full(a, b, carry);
    return exact < 0 || exact > 0xffff_ffff ? 1 : 0;
  });
  return (instruction, constants) => {
    const [result, mask, a, b] = instruction.operands.map((one) => placeOf(one, constants));
    const carry = takes ? placeOf(instruction.operands[4], constants) : 0;
    const [aStride, bStride] = [strideOf(instruction, 2), strideOf(instruction, 3)];
    const kept = temporaryAt(4);
    return (wave) => {
      const { u32, program } = wave;
      carries(wave, kept, a!, aStride, b!, bStride, carry, 0);
      value(wave, result!, a!, aStride, b!, bStride, carry, 0);
      u32[mask!] = u32[kept]!;
      if (program.waveSize === 64) u32[mask! + 1] = u32[kept + 1]!;
    };
  };
}

/** Of a pair of registers, by the amount that comes first. */
function shift(direction: Parameters<typeof shifted64>[3]): Make {
  const low = laneLoop('u32', ['u32', 'u32', 'u32'], (by, a, b) =>
    (by & 63) === 0 ? a : shifted64(a, b, by, direction)[0],
  );
  const high = laneLoop('u32', ['u32', 'u32', 'u32'], (by, a, b) =>
    (by & 63) === 0 ? b : shifted64(a, b, by, direction)[1],
  );
  return (instruction, constants) => {
    const [result, by] = instruction.operands.map((one) => placeOf(one, constants));
    const source = instruction.operands[2]!;
    // A literal of 32 bits is signed where a signed number is shifted.
    const isSigned = direction === 'signed right' && source.kind === 'constant';
    const place = isSigned
      ? constants.place(source.bits, source.bits >>> 31 ? 0xffff_ffff : 0)
      : placeOf(source, constants);
    const [byStride, stride] = [strideOf(instruction, 1), strideOf(instruction, 2)];
    // The second word lies a register further on, or next to the first.
    const upper = stride === 1 ? place + vectorAt(1) : place + 1;
    const kept = temporaryAt(4);
    return (wave) => {
      low(wave, kept, by!, byStride, place, stride, upper, stride);
      high(wave, result! + vectorAt(1), by!, byStride, place, stride, upper, stride);
      copied(wave, result!, kept);
    };
  };
}

const exchange: Make = ({ operands }, constants) => {
  const [a, b] = operands.map((one) => placeOf(one, constants));
  const kept = temporaryAt(4);
  return (wave) => {
    copied(wave, kept, a!);
    copied(wave, a!, b!);
    copied(wave, b!, kept);
  };
};

const operations: Readonly<Record<string, Make>> = {
  v_add_co_u32: withCarry((a, b) => a + b, false),
  v_sub_co_u32: withCarry((a, b) => a - b, false),
  v_subrev_co_u32: withCarry((a, b) => b - a, false),
  v_add_co_ci_u32: withCarry((a, b, carry) => a + b + carry, true),
  v_sub_co_ci_u32: withCarry((a, b, borrow) => a - b - borrow, true),
  v_subrev_co_ci_u32: withCarry((a, b, borrow) => b - a - borrow, true),
  v_lshlrev_b64: shift('left'),
  v_lshrrev_b64: shift('right'),
  v_ashrrev_i64: shift('signed right'),
  v_swap_b32: exchange,
};

/** The step of such an instruction; undefined for one that is not among them. */
export const wideStep = (instruction: Instruction, constants: Constants): Step | undefined =>
  operations[instruction.name]?.(instruction, constants);
