// provides: settle, row_lse
// requires: RowU32, above_peak, log_of, sum_of_exp, NEG_INF, peak, RowF32, EMPTY, POS_INF,
//   INFINITE, NAN, POISONED
//
// lse = s·max + log Σ exp(t), t = s·(x − max): one value per row.

var<private> result_bits: RowU32;

fn settle(row: u32) {
  result_bits = bitcast<RowU32>(above_peak(log_of(sum_of_exp())));
  result_bits = select(result_bits, RowU32(NEG_INF), peak[1] == RowF32(EMPTY));
  result_bits = select(result_bits, RowU32(POS_INF), peak[1] == RowF32(INFINITE));
  result_bits = select(result_bits, RowU32(NAN), peak[1] == RowF32(POISONED));
}

fn row_lse() -> RowU32 {
  return result_bits;
}
