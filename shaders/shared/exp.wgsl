// exp for d <= 0 within about 1 ULP, against 3 + 2|d| for the builtin. It
// rescales partial sums, one call a chunk, so its cost does not show and the
// sum keeps the accuracy of its terms.
//
// d = n·ln 2 + r; the first difference is exact, whether or not the compiler
// fuses it. The polynomial for exp r on |r| <= ln 2 / 2 is the one of the Cephes
// library.

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
