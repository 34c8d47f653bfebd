/**
 * Operands of vector instructions on their way to the lanes. What an encoding does to one (a part of
 * the word by SDWA or op_sel, another lane's value by DPP, a sign) is a step of its own, which leaves
 * the value in a temporary row.
 */
import { type Instruction, numbersOf } from '../assembly/instruction';
import type { Operand } from '../assembly/operands';
import { type Kind, type LaneLoop, laneLoop } from './lanes';
import { type Constants, placeOf } from './operands';
import { temporaryAt } from './registers';
import type { Step } from './wave';

/** Where the lanes find a source. */
export interface Source {
  readonly place: number;
  /** 1 from lane to lane, or 0 where all have the same. */
  readonly stride: 0 | 1;
}

const of = (compute: (word: number) => number): LaneLoop => laneLoop('u32', ['u32'], compute);

/** Parts of a word, as SDWA names them. */
const parts: Readonly<Record<string, LaneLoop>> = {
  WORD_0: of((word) => word & 0xffff),
  WORD_1: of((word) => word >>> 16),
  BYTE_0: of((word) => word & 255),
  BYTE_1: of((word) => (word >>> 8) & 255),
  BYTE_2: of((word) => (word >>> 16) & 255),
  BYTE_3: of((word) => word >>> 24),
};

const isShort = (kind: Kind) => kind === 'f16' || kind === 'u16' || kind === 'i16';

/** By whether the sign is cleared, and whether it is flipped then. */
const signs = [31, 15].map((bit) => {
  const sign = 2 ** bit;
  return {
    negate: of((word) => word ^ sign),
    absolute: of((word) => word & ~sign),
    both: of((word) => word | sign),
  };
});

/**
 * The sources of an instruction, and the steps that bring them.
 *
 * @param operands those that are sources.
 * @param permute brings the first source from other lanes to a place, where the instruction does.
 */
export function sourcesOf(
  instruction: Instruction,
  operands: readonly Operand[],
  kinds: readonly Kind[],
  constants: Constants,
  permute?: (from: number, to: number) => Step,
): { sources: Source[]; steps: Step[] } {
  const steps: Step[] = [];
  const selected = numbersOf(instruction, 'op_sel');
  const sources = kinds.map((kind, i): Source => {
    if (kind === 'lane') return { place: 0, stride: 0 };
    const operand = operands[i];
    let source: Source = {
      place: placeOf(operand, constants),
      stride: operand!.kind === 'vector' ? 1 : 0,
    };
    const through = (loop: LaneLoop | undefined, what: string) => {
      if (!loop) throw new Error(`${what} is not simulated`);
      const { place, stride } = source;
      const row = temporaryAt(i);
      steps.push((wave) => loop(wave, row, place, stride, 0, 0, 0, 0));
      source = { place: row, stride: 1 };
    };
    if (i === 0 && permute) {
      if (source.stride === 0) throw new Error('a source that all lanes share is permuted');
      steps.push(permute(source.place, temporaryAt(0)));
      source = { place: temporaryAt(0), stride: 1 };
    }
    const part = instruction.modifiers.get(`src${i}_sel`) ?? 'DWORD';
    if (part !== 'DWORD') through(parts[part], `src${i}_sel:${part}`);
    if (selected[i] === 1 && isShort(kind)) through(parts.WORD_1, 'op_sel');
    if (operand?.kind !== 'word' && (operand?.negate || operand?.absolute)) {
      const { negate, absolute } = operand;
      through(
        signs[isShort(kind) ? 1 : 0]![negate ? (absolute ? 'both' : 'negate') : 'absolute'],
        'a sign',
      );
    }
    return source;
  });
  return { sources, steps };
}
