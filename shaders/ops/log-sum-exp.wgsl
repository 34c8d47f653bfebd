// provides: finalize, row_lse
// requires: RowU32, above_max, log_of, sum_of_exp, NEG_INF, row_kind, RowF32, EMPTY, POS_INF,
//   HAS_INF, NAN, HAS_NAN
//
// lse = s·max + log Σ exp(t), t = s·(x − max): one value per row.

var<private> result_bits: RowU32;

fn finalize(row: u32) {
  result_bits = bitcast<RowU32>(above_max(log_of(sum_of_exp())));
  result_bits = select(result_bits, RowU32(NEG_INF), row_kind == RowF32(EMPTY));
  result_bits = select(result_bits, RowU32(POS_INF), row_kind == RowF32(HAS_INF));
  result_bits = select(result_bits, RowU32(NAN), row_kind == RowF32(HAS_NAN));
}

fn row_lse() -> RowU32 {
  return result_bits;
}
