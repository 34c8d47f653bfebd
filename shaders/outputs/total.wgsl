fn write_row(row: u32) {
  let bits = select(bitcast<u32>(sums.x), POS_INF, sums.y > 0.0);
  put_total(row, select(bits, NAN, sums.z > 0.0 || is_special_scalar(value_norm(0u))));
}
