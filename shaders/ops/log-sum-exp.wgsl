// lse = s·max + log Σ exp(t), t = s·(x − max): one value a row.

var<private> result_bits: u32;

fn begin_row(row: u32) {}

fn settle(row: u32) {
  result_bits = bitcast<u32>(log_sum_exp_of(max(sums, 1.0)));
  result_bits = select(result_bits, NEG_INF, peak.y == EMPTY);
  result_bits = select(result_bits, POS_INF, peak.y == INFINITE);
  result_bits = select(result_bits, NAN, peak.y == POISONED);
}

fn row_lse() -> u32 {
  return result_bits;
}
