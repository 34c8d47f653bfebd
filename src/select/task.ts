import type { Region } from '../gpu/region';
import type { Params } from '../rows/params';
import type { MaskTask, RowShape } from '../rows/plan';
import type { SelectRegime } from './tiers';

/** What is done with a row once it is scanned. An operation brings the WGSL of what it asks for. */
export interface SelectOp {
  readonly name: 'pick' | 'draw';
  readonly sources: readonly string[];
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
  /** The indices of x's elements, where they are picks themselves. */
  readonly picked?: Region | undefined;
  /** Of a draw: the number of each row, in two words, which it replaces by the next. Default: by params. */
  readonly rowNumbers?: Region | undefined;
  /** Uniforms that are the operation's own. */
  readonly params: Params;
  /** A regime to use whatever the table says. */
  readonly regime?: SelectRegime | undefined;
}
