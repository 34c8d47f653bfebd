/** f16 on the host: 16 bits each, as IEEE 754's binary16. */

/** The bits of the nearest f16, ties to even; what is over its range is infinite. `double` is memory to work in. */
export function halfBits(value: number, double = new DataView(new ArrayBuffer(8))): number {
  double.setFloat64(0, value);
  const high = double.getUint32(0);
  const sign = (high >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // Below 2⁻¹⁴ the step stays what it is there.
  const exponent = Math.max(((high >>> 20) & 0x7ff) - 1023, -14);
  const step = 2 ** (exponent - 10);
  // A float64 so large that its own step is this one: adding it rounds.
  const rounder = 2 ** 52 * step;
  return sign | (((exponent + 14) << 10) + (size + rounder - rounder) / step);
}

/** The f16 of each number, in an even number of halves, since the GPU takes whole words. */
export function toHalves(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(2 * Math.ceil(values.length / 2));
  const double = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < values.length; i++) halves[i] = halfBits(values[i]!, double);
  return halves;
}

/** What each f16 is; exact. */
export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 0x3ff;
    if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
    return sign * (exponent ? 1024 + fraction : fraction) * 2 ** (Math.max(exponent, 1) - 25);
  });
}
