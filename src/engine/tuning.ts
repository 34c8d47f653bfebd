import { version } from '../../package.json';
import { type RegimeName, regimeNames } from '../rows/regimes';
import { bucketOf, type Capabilities, isCandidate, type TunedTier } from '../rows/tiers';
import { describe, list, wrongKind, wrongValue } from '../util/words';
import type { Engine } from './engine';

const op = 'setTuning';

/**
 * What `tune` found out about a device. Plain data: keep it as JSON, and give it to
 * `setTuning` on the same device later.
 *
 * It fixes how the rows of a length are summed, whatever their number: results are reproducible and
 * independent of the batch under one tuning, but may differ in their last bits from those under
 * another.
 */
export interface Tuning {
  /** The library's; another version has other kernels. */
  readonly version: string;
  /** As the browser describes it, and whether the device has the feature `subgroups`. */
  readonly adapter: TunedAdapter;
  /** Row lengths that are in none of them are left to the library's own table. */
  readonly tiers: readonly TunedTier[];
}

const names = ['vendor', 'architecture', 'device', 'description'] as const;

/** The adapter that was measured. */
export type TunedAdapter = Readonly<Record<(typeof names)[number], string>> & {
  /** Whether the device has the feature. */
  readonly subgroups: boolean;
};

/** A tuning of this device that holds these tiers. */
export function tuningOf(
  info: GPUAdapterInfo,
  { subgroups }: Capabilities,
  tiers: readonly TunedTier[],
): Tuning {
  const { vendor, architecture, device, description } = info;
  return { version, adapter: { vendor, architecture, device, description, subgroups }, tiers };
}

/**
 * Has an engine follow a tuning that `tune` found on this adapter with this version of the library;
 * undefined forgets the one it has. Calls from then on follow it. `tune` calls this itself.
 *
 * ```ts
 * const kept = JSON.stringify(await tune(engine, { shapes: [{ shape: [64, 100] }] }));
 * setTuning(engine, JSON.parse(kept));
 * ```
 *
 * @throws Error for a tuning of another adapter or library version, naming what differs (browsers may
 * describe two GPUs alike); TypeError or RangeError if it is not a tuning.
 */
export function setTuning(engine: Engine, tuning: Tuning | undefined): void {
  const { adapterInfo, facts } = engine;
  engine.retune(tuning === undefined ? undefined : checkTuning(tuning, adapterInfo, facts));
}

/**
 * A copy of a tuning that is right for this device.
 *
 * @throws TypeError or RangeError that says what is wrong with it; Error for one
 * of another adapter or version, naming what differs.
 */
export function checkTuning(value: unknown, info: GPUAdapterInfo, device: Capabilities): Tuning {
  const own = tuningOf(info, device, []);
  const { version: theirs, adapter, tiers } = objectOf('tuning', value);
  const there = { version: theirs, ...objectOf('tuning.adapter', adapter) } as typeof here;
  const here: Record<string, unknown> = { version, ...own.adapter };
  const differing = Object.keys(here).filter((name) => there[name] !== here[name]);
  if (differing.length > 0) {
    const what = differing.map(
      (name) => `${name} ${describe(there[name])}, where this one has ${describe(here[name])}`,
    );
    throw new Error(
      `${op}: tuning is of another library or adapter (${what.join('; ')}); tune again`,
    );
  }
  if (!Array.isArray(tiers)) {
    wrongKind(op, 'tuning.tiers', 'an array', describe(tiers));
  }
  return { ...own, tiers: tiers.map((tier, i) => checkTier(`tuning.tiers[${i}]`, tier, device)) };
}

function checkTier(name: string, value: unknown, device: Capabilities): TunedTier {
  const { rows, maxLength, regime, chunk, gain } = objectOf(name, value) as unknown as TunedTier;
  const check = (field: string, is: unknown, right: boolean, allowed: string) => {
    if (!right) wrongValue(op, `${name}.${field}`, allowed, describe(is));
  };
  const whole = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0;
  check('rows', rows, rows === 'contiguous' || rows === 'strided', "'contiguous' or 'strided'");
  const isBucket = whole(maxLength) && maxLength === bucketOf(maxLength);
  check('maxLength', maxLength, isBucket, 'a power of 2');
  check('regime', regime, regimeNames.includes(regime as RegimeName), list(regimeNames));
  check('chunk', chunk, whole(chunk) && chunk % 1024 === 0, 'a multiple of 1024');
  check('gain', gain, gain > 0, 'a positive number');
  if (!isCandidate({ regime, chunk }, maxLength, rows === 'strided', device)) {
    const may = `a regime that takes all ${rows} rows of up to ${maxLength} elements`;
    wrongValue(op, name, may, `'${regime}' with chunks of ${chunk}`);
  }
  return { rows, maxLength, regime, chunk, gain };
}

function objectOf(name: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    wrongKind(op, name, 'an object as tune() gives it', describe(value));
  }
  return value as Record<string, unknown>;
}
