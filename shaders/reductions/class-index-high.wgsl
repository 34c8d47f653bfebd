// Σ exp(t) of all classes but the target, the target's logit, and 1 where that is
// −inf.

fn clear_sums() {
  clear_exps();
  target_bits = vec4<u32>();
}

fn close_chain(full: bool) {
  close_chain_of_exps(full);
}

fn close_block(full: bool) {
  close_block_of_exps(full);
}

fn end_sums() {
  let seen = seen_target();
  sums.rest = RowF32x3(seen[0], seen[1], RowF32());
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return Sums(rescaled_sum(part.exps, part_peak), part.rest);
}

fn others() -> Sum {
  return sums.exps;
}

fn target_logit() -> RowF32 {
  return sums.rest[0];
}

fn target_is_masked() -> RowBool {
  return sums.rest[1] > RowF32();
}
