import type { Halves } from './halves';

/**
 * Adapters want opposite things. On a CPU-backed one a barrier switches fibres for every
 * invocation, and an invocation that runs through memory alone is best. On a GPU an invocation a
 * row wastes most of each memory transaction, unless neighbours take neighbouring columns.
 */
export type AdapterClass = 'cpu' | 'gpu';

/** What a plan must know of the device. */
export interface DeviceFacts {
  readonly adapter: AdapterClass;
  readonly subgroups: boolean;
  readonly subgroupMinSize: number;
  readonly maxBinding: number;
  readonly maxWorkgroups: number;
  /** Tensors of f16, where there may be any. */
  readonly halves?: Halves | undefined;
  /** Elements one submission may walk before it takes too long for a watchdog. */
  readonly maxElements: number;
}
