/** Atomic changes of a word, in workgroup memory (`ds_add_rtn_u32`) and in buffers (`buffer_atomic_add`). */

/** What becomes of a word. */
export type Combine = (word: number, operand: number) => number;

/** By name; those that compare say which kind of number. */
const combines: Readonly<Record<string, Combine>> = {
  add: (word, operand) => word + operand,
  sub: (word, operand) => word - operand,
  and: (word, operand) => word & operand,
  or: (word, operand) => word | operand,
  xor: (word, operand) => word ^ operand,
  smin: (word, operand) => Math.min(word | 0, operand | 0),
  smax: (word, operand) => Math.max(word | 0, operand | 0),
  umin: (word, operand) => Math.min(word >>> 0, operand >>> 0),
  umax: (word, operand) => Math.max(word >>> 0, operand >>> 0),
};

/** The change of a name such as 'add' or 'umax'; undefined for what is none. */
export const combineOf = (name: string): Combine | undefined => combines[name];
