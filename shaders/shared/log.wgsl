// provides: LN2_HIGH, LN2_LOW, twice_atanh, log_accurate, log1p_accurate, exp_accurate
// requires: RowF32, RowU32, RowI32
//
// Logarithms of row sums within about 1 ULP (the builtin may be off by an
// absolute 2⁻²¹ near 1, where the loss of a confident row is), and exponentials that
// rescale partial sums. One call per row or chunk: their cost is negligible.

// ln 2 in two parts. The first has 15 significant bits: n times it is exact.
const LN2_HIGH = 0x1.62e4p-1f;
const LN2_LOW = 0x1.7f7d1cp-20f;

// log((1 + z) / (1 − z)) = 2 (z + z³/3 + z⁵/5 + …); |z| <= 0.1716 here.
fn twice_atanh(z: RowF32) -> RowF32 {
  let w = z * z;
  let p = w * (0.33333334 + w * (0.2 + w * (0.14285715 + w * (0.11111111 + w * 0.09090909))));
  return 2.0 * z + 2.0 * z * p;
}

// log x for x >= √½: x = 2ⁿ·m with √½ <= m < √2, and m − 1 is exact.
fn log_accurate(x: RowF32) -> RowF32 {
  let bits = bitcast<RowU32>(x);
  let n = (bits - RowU32(0x3f3504f3u)) >> RowU32(23u);
  let m = bitcast<RowF32>(bits - (n << RowU32(23u)));
  return RowF32(n) * LN2_HIGH + (RowF32(n) * LN2_LOW + twice_atanh((m - 1.0) / (m + 1.0)));
}

// log(1 + x) for x >= 0, to relative precision down to the smallest x.
fn log1p_accurate(x: RowF32) -> RowF32 {
  return select(log_accurate(1.0 + x), twice_atanh(x / (2.0 + x)), x < RowF32(0.41));
}

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
