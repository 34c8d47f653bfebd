// Σ exp(t), t = s·(x − max), and nothing besides.

fn clear_sums() {
  clear_exps();
}

fn close_chain(full: bool) {
  close_chain_of_exps(full);
}

fn close_block(full: bool) {
  close_block_of_exps(full);
}

// A chunk's sum, taken below its own maximum, below the row's.
fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return Sums(rescaled_sum(part.exps, part_peak), part.rest);
}

fn sum_of_exp() -> Sum {
  return sums.exps;
}
