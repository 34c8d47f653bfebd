/** What an encoding does to the result of a vector instruction, after it is made. */
import { type Instruction, numberOf, numbersOf } from '../assembly/instruction';
import type { Program } from '../assembly/program';
import { type Compute, type Kind, laneLoop } from './lanes';
import { temporaryAt, vectorAt } from './registers';
import type { Step } from './wave';

/** Where a result is made, and the steps that bring it to its register. */
export function resultOf(
  instruction: Instruction,
  kind: Kind,
  register: number,
  program: Program,
): { place: number; steps: Step[] } {
  const place = vectorAt(register);
  const part = partOf(instruction, kind);
  const made = part ? temporaryAt(3) : place;
  const steps: Step[] = [];
  const scale = scaleOf(instruction);
  if (scale) {
    if (kind !== 'f32') throw new Error(`output modifiers of ${kind} are not simulated`);
    const loop = laneLoop('f32', ['f32'], scale);
    steps.push((wave) => loop(wave, made, made, 1, 0, 0, 0, 0));
  }
  if (part) {
    const merge = laneLoop('u32', ['u32', 'u32'], part);
    steps.push((wave) => merge(wave, place, made, 1, place, 1, 0, 0));
  }
  if (register >= program.vectorRegisters) steps.push(shareWithOtherHalf(place));
  return { place: made, steps };
}

/** What the register holds of the result and of what it had, if that is not the whole result. */
function partOf(instruction: Instruction, kind: Kind): Compute | undefined {
  const isShort = kind === 'f16' || kind === 'u16' || kind === 'i16';
  const selected = numbersOf(instruction, 'op_sel');
  // After the sources' comes the result's.
  if (isShort && selected.length > 0 && selected.at(-1) === 1) {
    return (made, before) => (before & 0xffff) | (made << 16);
  }
  const part = instruction.modifiers.get('dst_sel');
  if (part === undefined || (part === 'DWORD' && !isShort)) return undefined;
  if (part === 'DWORD') return (made) => made & 0xffff;
  const [size, at] = part.split('_');
  const unused = instruction.modifiers.get('dst_unused');
  if (!(size === 'WORD' || size === 'BYTE') || unused === 'UNUSED_SEXT') {
    throw new Error(`dst_sel:${part} ${unused} is not simulated`);
  }
  const bits = size === 'WORD' ? 16 : 8;
  const shift = bits * Number(at);
  const mask = (2 ** bits - 1) << shift;
  const kept = unused === 'UNUSED_PRESERVE' ? ~mask : 0;
  return (made, before) => ((made << shift) & mask) | (before & kept);
}

function scaleOf(instruction: Instruction): Compute | undefined {
  const { modifiers } = instruction;
  const factor = (numberOf(instruction, 'mul') || 1) / (numberOf(instruction, 'div') || 1);
  if (modifiers.has('clamp')) return (a) => (a > 0 ? Math.min(a * factor, 1) : 0);
  return factor === 1 ? undefined : (a) => a * factor;
}

/** Registers after a lane's own are one for lanes l and l + 32, of which the later one writes last. */
const shareWithOtherHalf =
  (place: number): Step =>
  ({ u32, lanes, active }) => {
    for (let i = 0; i < active; i++) u32[place + (lanes[i]! ^ 32)] = u32[place + lanes[i]!]!;
  };
