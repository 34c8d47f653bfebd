import type { Region } from '../gpu/region';
import type { Params } from '../rows/params';
import type { MaskTask, RowShape } from '../rows/plan';
import type { SelectRegime } from './tiers';

/** Buffers of these kernels, in the order in which they are bound. */
export const selectRoles = [
  'x',
  'mask',
  'tile_keys',
  'chunk_keys',
  'tile_sums',
  'chunk_sums',
  'tallies',
  'marks',
  'lists',
  'cuts',
  'places',
  'picked',
  'row_numbers',
  'values_out',
  'indices_out',
] as const;
export type SelectRole = (typeof selectRoles)[number];

/** What is done with rows in one dispatch. An operation brings the WGSL of what it asks for. */
export interface SelectOp {
  readonly name:
    | 'scan'
    | 'pick'
    | 'draw'
    | 'bracket'
    | 'mark'
    | 'settle'
    | 'keep'
    | 'report'
    | 'log-probability'
    | 'rank';
  readonly sources: readonly string[];
  /** Its WGSL where lanes of a workgroup share a chunk, if that is another. */
  readonly shared?: readonly string[];
  /** Lanes of a workgroup that shares a row or chunk; none: an invocation takes it alone. */
  readonly lanes?: number;
  /** Whether it is shared by lanes whatever the regime. */
  readonly alwaysShared?: boolean;
  /** Roles that it writes, and that it reads; some only in some variants. */
  readonly written: readonly SelectRole[];
  readonly read: readonly SelectRole[];
}

/** Everything an operation that selects asks of the kernels. */
export interface SelectTask {
  readonly op: SelectOp;
  readonly shape: RowShape;
  readonly x: Region;
  readonly mask?: MaskTask | undefined;
  /** What is written: picks and their values, or draws; `picks` of them per row. */
  readonly values?: Region | undefined;
  readonly indices: Region;
  readonly picks: number;
  /** How far apart two results of a row are: 1, or x's `inner`. */
  readonly resultStride: number;
  /** Values are probabilities, or logarithms of them. */
  readonly probabilities?: boolean | undefined;
  /** Indices of the elements that are asked about, as many as `picks` a row. */
  readonly places?: Region | undefined;
  /** The indices of x's elements, where they are picks themselves. */
  readonly picked?: Region | undefined;
  /** Of a draw: the number of each row, in two words, which it replaces by the next. Default: by params. */
  readonly rowNumbers?: Region | undefined;
  /** Uniforms that are the operation's own. */
  readonly params: Params;
  /** A regime to use whatever the table says. */
  readonly regime?: SelectRegime | undefined;
}
