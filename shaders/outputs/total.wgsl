fn write_row(row: u32) {
  let most = FLT_MAX * SHARE;
  let total = clamp(sums.x, -most, most) / SHARE;
  let bits = select(bitcast<u32>(total), POS_INF, sums.y > 0.0);
  put_total(row, select(bits, NAN, sums.z > 0.0 || is_special_scalar(value_norm(0u))));
}
