// provides: twice_atanh, log_accurate, log1p_accurate, log_of, log1p_of, above_max
// requires: RowF32, RowU32, LN2_HIGH, LN2_LOW, Sum, row_max
//
// Logarithms of row sums within about 1 ULP: the builtin may be off by an absolute 2⁻²¹
// near 1, where the loss of a confident row is. One call per row or chunk: their cost is
// negligible. `shared/high.wgsl` defines log_of and log1p_of for a sum in two parts.

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

// The logarithm of a whole row's sum, which is at least 1: the maximum's term.
fn log_of(sum: Sum) -> RowF32 {
  return log_accurate(max(sum, RowF32(1.0)));
}

fn log1p_of(sum: Sum) -> RowF32 {
  return log1p_accurate(sum);
}

// s·max + log Σ, saturating at ±FLT_MAX.
fn above_max(log_sum: RowF32) -> RowF32 {
  let reach = RowF32(2.0 * params.half_reach);
  return params.scale * clamp(row_max, -reach, reach) + log_sum;
}
