import type { Compute, Kind } from './lanes';

/** A vector instruction that does with each lane the same, on that lane's operands. */
export interface LaneOperation {
  readonly result: Exclude<Kind, 'lane'>;
  readonly sources: readonly Kind[];
  readonly compute: Compute;
  /** The result's old value is the last source. */
  readonly accumulates?: boolean;
}

export type LaneOperations = Readonly<Record<string, LaneOperation>>;

type Arity = 1 | 2 | 3;

/** All operands of one kind. */
const alike =
  (kind: Exclude<Kind, 'lane'>) =>
  (arity: Arity, compute: Compute): LaneOperation => ({
    result: kind,
    sources: Array<Kind>(arity).fill(kind),
    compute,
  });

export const f32 = alike('f32');
export const f16 = alike('f16');
export const u32 = alike('u32');
export const i32 = alike('i32');
export const u16 = alike('u16');
export const i16 = alike('i16');

export const converts = (
  result: LaneOperation['result'],
  sources: readonly Kind[],
  compute: Compute,
): LaneOperation => ({ result, sources, compute });
