/**
 * What changes logits before they are picked or drawn: a bias on some classes, then penalties on
 * tokens that were seen. Every step is rounded to f32; finite results saturate at ±MAX, and subnormal
 * ones are 0.
 */
import { halfUlp, MIN_NORMAL, saturate } from './bounds';
import { checkRange, checkShape, type HostTensor, isUint32, type Rows, refuse } from './rows';

/** Values that are added to the logits of some classes, in every row. */
export interface Bias {
  /** Classes; those that no row has are passed over. */
  indices: readonly number[] | Int32Array | Uint32Array;
  /** As many; those of one class are added in their order. */
  values: readonly number[] | Float32Array;
}

/**
 * With c a token's number of generations: where it was seen at all, `z ← z > 0 ? z / repetition :
 * z · repetition`, then `z ← z − frequency · c − presence · [c > 0]`, or the other way round.
 */
export interface Penalties {
  /** A Uint32Array of the logits' shape: bit 31 is set of a token of the prompt, bits 0–30 are c. */
  counts: HostTensor;
  /** Default 1. */
  repetition?: number;
  /** Default 0. */
  frequency?: number;
  /** Default 0. */
  presence?: number;
  /** Default 'repetition-first'. */
  order?: 'repetition-first' | 'additive-first';
}

/** A bias and penalties, in this order. */
export interface AdjustOptions {
  bias?: Bias | undefined;
  penalties?: Penalties | undefined;
}

/** Logits, and how far those on a device may be from each: it may fuse a product and a sum. */
export interface Adjusted {
  x: HostTensor;
  error: Float64Array | undefined;
}

/**
 * The logits with their bias and penalties; x itself without either.
 * @throws RangeError for a bias or counts that do not fit
 */
export function adjusted(
  op: string,
  x: HostTensor,
  rows: Rows,
  { bias, penalties }: AdjustOptions,
): Adjusted {
  if (!bias && !penalties) return { x, error: undefined };
  const z = Float32Array.from(x.data);
  if (bias) addBias(op, z, rows, bias);
  const error = new Float64Array(z.length);
  if (penalties) penalize(op, z, error, x.shape, penalties);
  return { x: { data: z, shape: x.shape }, error };
}

const flushed = (v: number): number => (Math.abs(v) < MIN_NORMAL ? 0 : v);

function addBias(op: string, z: Float32Array, rows: Rows, { indices, values }: Bias): void {
  if (values.length !== indices.length) {
    refuse(op, 'bias.values', `${indices.length}, as many as indices`, values.length);
  }
  const { length, inner, count } = rows;
  for (let r = 0; r < count; r++) {
    const first = (r - (r % inner)) * length + (r % inner);
    indices.forEach((index, i) => {
      if (index < 0 || index >= length) return;
      const at = first + index * inner;
      z[at] = flushed(saturate(flushed(z[at]!) + Math.fround(values[i]!)));
    });
  }
}

function penalize(
  op: string,
  z: Float32Array,
  error: Float64Array,
  shape: readonly number[],
  penalties: Penalties,
): void {
  const { counts, order = 'repetition-first' } = penalties;
  checkShape(op, 'penalties.counts', counts, shape);
  if (!isUint32(counts.data)) refuse(op, 'penalties.counts', 'a Uint32Array', typeof counts.data);
  const number = (name: 'repetition' | 'frequency' | 'presence', low: number, high: number) => {
    const value = penalties[name] ?? (name === 'repetition' ? 1 : 0);
    checkRange(op, `penalties.${name}`, value, low, high, { whole: false });
    return Math.fround(value);
  };
  const theta = number('repetition', 2 ** -100, 2 ** 100);
  const frequency = number('frequency', -1e6, 1e6);
  const presence = number('presence', -1e6, 1e6);
  // Division is by a factor that every device has alike.
  const inverse = Math.fround(1 / theta);
  const factor = (v: number) => (v > 0 ? inverse : theta);
  z.forEach((given, i) => {
    const seen = counts.data[i]!;
    if (seen === 0 || !Number.isFinite(given)) return;
    const start = flushed(given);
    const c = seen % 2 ** 31;
    const each = frequency * Math.fround(c);
    const penalty = Math.fround(Math.fround(each) + (c > 0 ? presence : 0));
    // How far apart a penalty may be whose product is not rounded by itself.
    const unfused = c > 0 && frequency !== 0 && presence !== 0 ? halfUlp(each) : 0;
    if (order === 'additive-first') {
      const less = Math.fround(start - penalty);
      z[i] = flushed(saturate(less * factor(less)));
      error[i] =
        unfused > 0 ? (unfused + 2 * halfUlp(less)) * factor(less) + 2 * halfUlp(z[i]!) : 0;
      return;
    }
    const repeated = saturate(start * factor(start));
    z[i] = flushed(saturate(Math.fround(repeated) - penalty));
    const product = penalty !== 0 && theta !== 1 ? halfUlp(repeated) : 0;
    error[i] = unfused + product > 0 ? unfused + product + 2 * halfUlp(z[i]!) : 0;
  });
}
