fn write_row(row: u32) {
  let most = FLT_MAX * SHARE;
  let total = clamp(sums[0], -most, most) / SHARE;
  let bits = select(bitcast<u32>(total), POS_INF, sums[1] > 0.0);
  put_total(row, select(bits, NAN, sums[2] > 0.0 || is_special_row(value_norm(0u))));
}
