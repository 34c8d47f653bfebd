import type { DeviceFacts } from '../gpu/adapter';
import type { Region } from '../gpu/region';
import type { OwnParams, Params } from './params';
import type { HighPrecision } from './precision';
import type { RegimeName } from './regimes';
import type { RowOp } from './row-op';
import type { Capabilities } from './tiers';
import type { RowRole, ValueRole } from './variant';

/** Rows along an axis: `outer · inner` of them, each of `length` elements `inner` apart. */
export interface RowShape {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Everything a row operation asks of the kernels. */
export interface RowTask {
  readonly op: RowOp;
  readonly shape: RowShape;
  /** Files of high precision, where exponentials of logits and their sums are to have it. */
  readonly high?: HighPrecision | undefined;
  /** Row data: as many elements as the tensor. */
  readonly data: Partial<Record<RowRole, Region>>;
  /** One value a row (or one for all, where its stride is 0). */
  readonly values?: Partial<Record<ValueRole, Region>>;
  readonly weights?: Region | undefined;
  readonly mask?: MaskTask | undefined;
  /** Uniforms of logits: their scale, mask and the like. */
  readonly params?: Params;
  /** Uniforms that the operation declares. */
  readonly own?: OwnParams | undefined;
  /** A regime to use whatever the table says. */
  readonly regime?: RegimeName | undefined;
  /** Rows of the batch before these: what masks are looked up by. Default 0. */
  readonly firstRow?: number;
  /** One phase of one split row, whose data is a range of it. */
  readonly segment?: Segment;
}

/** A task for one phase of one split row. */
export interface SegmentTask extends RowTask {
  readonly segment: Segment;
}

/** Elements `from` to `to` of one row (of all its chunks, for the merge); `from` starts a chunk. */
export interface Segment {
  readonly phase: 'split-partial' | 'split-merge' | 'split-finish';
  readonly from: number;
  readonly to: number;
  /** Scratch that the row's phases share: what is kept of its chunks, and of itself. */
  readonly partials: Region;
  readonly stats: Region;
}

export interface MaskTask {
  readonly kind: 'additive' | 'boolean' | 'bits' | 'causal';
  readonly layout: 'row' | 'broadcast';
  readonly region?: Region;
}

/** What the plan must know of the device. */
export interface PlanDevice extends DeviceFacts, Pick<Capabilities, 'tuned'> {}
