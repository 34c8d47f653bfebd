// provides: LN2_HIGH, LN2_LOW, exp_accurate
// requires: RowF32, RowU32, RowI32
//
// Exponentials that rescale partial sums. One call per row or chunk: their cost is
// negligible.

// ln 2 in two parts. The first has 15 significant bits: n times it is exact.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

// exp for d <= 0 within about 1 ULP, where the builtin allows 3 + 2|d|, so that a sum
// is as accurate as its terms. d = n·ln 2 + r; the first difference is exact whether or
// not the compiler fuses it. The polynomial for exp r on |r| <= ln 2 / 2 is that of the
// Cephes library.
fn exp_accurate(d: RowF32) -> RowF32 {
  let c = max(d, RowF32(-104.0));
  let n = floor(c * 1.4426950408889634 + 0.5);
  let r = (c - n * LN2_HIGH) - n * LN2_LOW;
  let p = 0.5 + r * (0.16666665459 + r * (0.041665795894
    + r * (0.0083334519073 + r * (0.0013981999507 + r * 0.00019875691500))));
  // Below 2⁻¹²⁶ the result flushes to zero.
  let power = bitcast<RowF32>(RowU32(max(RowI32(n) + 127, RowI32(1))) << RowU32(23u));
  return select((1.0 + (r + r * r * p)) * power, RowF32(), n < RowF32(-126.0));
}
