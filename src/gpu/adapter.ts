/**
 * Adapters want opposite things. On a CPU-backed one a barrier switches fibres for every
 * invocation, and an invocation that runs through memory alone is best. On a GPU an invocation a
 * row wastes most of each memory transaction, unless neighbours take neighbouring columns.
 */
export type AdapterClass = 'cpu' | 'gpu';

/**
 * How f16 is read and written: packed in words, two to each, and converted by integer arithmetic or by
 * the device's own instruction where that is exact; or bound as the type f16, which takes the device
 * feature `shader-f16`. All give the same bits.
 */
export const halfConversions = ['integer', 'native', 'typed'] as const;
/** One of those ways to read and write f16; see `CreateOptions.halfConversion`. */
export type HalfConversion = (typeof halfConversions)[number];

/**
 * How f16 is read and written, best first; 'typed' is for devices that have it. On GPUs it saves the scratch and
 * the second dispatch that packed halves take where words are shared, and they have an instruction for
 * the conversion; on CPU-backed adapters telling apart what that may be given costs more than it
 * saves.
 */
const halfTiers: Record<AdapterClass, readonly HalfConversion[]> = {
  cpu: ['integer'],
  gpu: ['typed', 'native'],
};

/** The best way to read and write f16 on a device whose type f16 can be used, or not. */
export const chooseHalves = (adapter: AdapterClass, typed: boolean): HalfConversion =>
  halfTiers[adapter].find((way) => way !== 'typed' || typed)!;

/** What a plan must know of the device. */
export interface DeviceFacts {
  readonly adapter: AdapterClass;
  readonly subgroups: boolean;
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
  readonly maxBinding: number;
  readonly maxWorkgroups: number;
  readonly halfConversion: HalfConversion;
  /** Elements one submission may walk before it takes too long for a watchdog. */
  readonly maxElements: number;
}
