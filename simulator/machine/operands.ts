/** Operands as places in the register file. */
import type { Instruction } from '../assembly/instruction';
import type { Operand } from '../assembly/operands';
import { CONSTANTS, scalarAt, special, vectorAt } from './registers';

/** A program's constants, which get places as its instructions are compiled. */
export class Constants {
  private readonly words: number[] = [];
  private readonly known = new Map<string, number>();

  /** The place of a constant of two words. */
  place(bits: number, high: number): number {
    const key = `${bits} ${high}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const place = CONSTANTS + this.words.length;
    this.words.push(bits, high);
    this.known.set(key, place);
    return place;
  }

  get all(): Uint32Array {
    return Uint32Array.from(this.words);
  }
}

/** Where an operand's first word is. */
export function placeOf(operand: Operand | undefined, constants: Constants): number {
  switch (operand?.kind) {
    case 'vector':
      return vectorAt(operand.index);
    case 'scalar':
      return scalarAt(operand.index);
    case 'constant':
      return constants.place(operand.bits, operand.high);
    default:
      throw new Error(
        `operand: expected a register or a constant, got '${operand?.text ?? 'none'}'`,
      );
  }
}

/** Where the scalar results and sources of an instruction are, in its order. */
export function scalarPlaces(
  { operands }: Instruction,
  constants: Constants,
  results = 1,
): number[] {
  return operands.map((operand, i) => {
    if (operand.kind === 'vector') throw new Error('a vector register where a scalar one belongs');
    const isNull = operand.kind === 'scalar' && operand.index === special.null;
    if (isNull) return i < results ? scalarAt(special.discarded) : constants.place(0, 0);
    return placeOf(operand, constants);
  });
}
