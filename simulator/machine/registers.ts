/**
 * Where a wave's registers lie in its file of 32-bit words: vector registers, a row of lanes each; rows
 * for what is on its way from one step of an instruction to the next; the scalar registers; and the
 * program's constants.
 * Since all have a place in one file, an operand is a place and a stride: 1 from lane to lane in a
 * vector register, 0 in everything that is the same for all lanes.
 */

/** Lanes in a row of the file, whatever the wave has of them. */
export const ROW = 64;
const VECTORS = 256;
const TEMPORARIES = VECTORS * ROW;
const SCALARS = TEMPORARIES + 8 * ROW;

/** Numbers of scalar registers with a name, as the ISA has them; and places beside them. */
export const special = {
  vcc: 106,
  m0: 124,
  null: 125,
  exec: 126,
  scc: 128,
  /** Where writes to `null` go. */
  discarded: 130,
} as const;

/** Constants begin here, each a pair of words. */
export const CONSTANTS = SCALARS + 132;

export const vectorAt = (index: number): number => index * ROW;
/** A row for a source of an instruction (0 to 2), or for its result (3 and on). */
export const temporaryAt = (index: number): number => TEMPORARIES + index * ROW;
export const scalarAt = (index: number): number => SCALARS + index;

export const VCC = scalarAt(special.vcc);
export const EXEC = scalarAt(special.exec);
export const SCC = scalarAt(special.scc);
export const M0 = scalarAt(special.m0);
