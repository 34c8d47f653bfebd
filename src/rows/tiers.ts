import type { AdapterClass } from '../gpu/adapter';
import { type RegimeName, regimeNames, regimes } from './regimes';

/** How a row's terms are grouped. */
export interface Choice {
  /** Which regime walks the row. */
  readonly regime: RegimeName;
  /** Elements of a chunk, for split rows: a multiple of 1024. */
  readonly chunk: number;
}

/** What a tuning says of one bucket of row lengths: those of more than half `maxLength`, up to it. */
export interface TunedTier extends Choice {
  /** Whether a row's elements are side by side (the axis is the last) or apart. */
  readonly rows: 'contiguous' | 'strided';
  /** A power of two. */
  readonly maxLength: number;
  /** How many times faster this was than the choice of the library's own table, when it was timed. */
  readonly gain: number;
}

const ANY = Number.POSITIVE_INFINITY;

/** Elements of a chunk, where no tuning says otherwise. */
export const CHUNK = 4096;

/** The same for rows whose elements are apart: a quad holds one of them, not four. */
const STRIDED_CHUNK = 1024;

export const chunkFor = (strided: boolean): number => (strided ? STRIDED_CHUNK : CHUNK);

/**
 * The regime by row length: the first of a list that takes rows this long. It decides how a row's terms
 * are grouped (its sum plan), so nothing here may depend on how many rows there are.
 */
const tiers: Record<
  AdapterClass,
  Record<TunedTier['rows'], readonly (readonly [maxLength: number, regime: RegimeName])[]>
> = {
  cpu: {
    contiguous: [
      [4096, 'row-per-invocation'],
      [ANY, 'split-per-invocation'],
    ],
    strided: [
      [1024, 'row-per-invocation'],
      [ANY, 'split-per-invocation'],
    ],
  },
  gpu: {
    contiguous: [
      [32, 'row-per-invocation'],
      [1024, 'row-per-subgroup'],
      [16_384, 'row-per-workgroup'],
      [ANY, 'split-per-workgroup'],
    ],
    strided: [
      [16, 'row-per-invocation'],
      [1024, 'row-per-workgroup'],
      [ANY, 'split-per-workgroup'],
    ],
  },
};

export interface Capabilities {
  readonly adapter: AdapterClass;
  readonly subgroups: boolean;
  /** Default: 32. */
  readonly subgroupMinSize?: number;
  /** What was measured on this device; it goes before the table. */
  readonly tuned?: readonly TunedTier[];
}

/**
 * Whether a regime can take rows of this length on this device. Rows whose elements are apart (an axis
 * that is not the last) are taken four neighbouring columns at a time.
 *
 * A streamed row is 16 blocks of 64 quads a lane: no sum is a long chain, and its passes stay under the
 * 65 535 loop iterations after which llvmpipe stops an invocation without a word. A held one must fit
 * the registers: up to 8 quads a lane of a subgroup, 16 of a workgroup.
 */
export function canTake(
  regime: RegimeName,
  length: number,
  strided: boolean,
  { subgroups, subgroupMinSize = 32 }: Capabilities,
): boolean {
  const { scope, split } = regimes[regime];
  if (scope === 'subgroup' && (strided || !subgroups)) return false;
  const most = {
    invocation: 1024,
    subgroup: 8 * subgroupMinSize,
    workgroup: strided ? 1024 : 4096,
  };
  return split || (strided ? length : length / 4) <= most[scope];
}

/** The planner's choice for rows of this length. */
export function chooseTier(length: number, strided: boolean, device: Capabilities): Choice {
  const rows = strided ? 'strided' : 'contiguous';
  const bucket = bucketOf(length);
  const tuned = device.tuned?.find((t) => t.rows === rows && t.maxLength === bucket);
  if (tuned) return tuned;
  const [, regime] = tiers[device.adapter][rows].find(
    ([maxLength, name]) => length <= maxLength && canTake(name, length, strided, device),
  )!;
  return { regime, chunk: chunkFor(strided) };
}

/** The longest row that is tuned as one of this length is: the next power of two. */
export const bucketOf = (length: number) => 2 ** (32 - Math.clz32(length - 1));

/** The chunks that a tuner tries; those of whole rows say nothing. */
const candidateChunks: Record<RegimeName, readonly number[]> = {
  'row-per-invocation': [CHUNK],
  'row-per-subgroup': [CHUNK],
  'row-per-workgroup': [CHUNK],
  'split-per-invocation': [1024, 2048, CHUNK],
  'split-per-workgroup': [CHUNK, 16_384],
};

/** Whether a regime and a chunk can take all rows of a bucket; a chunk is walked as a row is. */
export function isCandidate(
  { regime, chunk }: Choice,
  bucket: number,
  strided: boolean,
  device: Capabilities,
): boolean {
  const row = regimes[regime].scope === 'invocation' ? 'row-per-invocation' : 'row-per-workgroup';
  return (
    canTake(regime, bucket, strided, device) &&
    (!regimes[regime].split || canTake(row, chunk, strided, device))
  );
}

/** What a tuner tries for a bucket of row lengths, the table's own choice first. */
export function candidatesOf(bucket: number, strided: boolean, device: Capabilities): Choice[] {
  const { adapter, subgroups } = device;
  const { regime, chunk } = chooseTier(bucket, strided, { adapter, subgroups });
  const all = regimeNames.flatMap((name) =>
    candidateChunks[name].map((elements): Choice => ({ regime: name, chunk: elements })),
  );
  const others = all.filter((c) => {
    const { split } = regimes[c.regime];
    const another = c.regime !== regime || (split && c.chunk !== chunk);
    return another && !(split && c.chunk >= bucket) && isCandidate(c, bucket, strided, device);
  });
  return [{ regime, chunk }, ...others];
}
