import type { Constants } from './text';

/** A file of WGSL; with what it is for, where it is written for any role, step or square. */
export type Piece = string | Instance;

export interface Instance {
  readonly source: string;
  /** What names of it end in: `load_data` is `load_x`, `take_STEP` is `take_3`. */
  readonly role: string;
  /** What stands where it says `data` or `STEP` alone. */
  readonly data: string;
  /** Constants of its own, beside those of the kernel. */
  readonly constants: Constants;
}

/** What files for a role ask of it: whether its elements are f16, and packed in words. */
export const halfConstants = (isHalf: boolean, typed: boolean): Constants => ({
  HALF: isHalf,
  PACKED: isHalf && !typed,
});
