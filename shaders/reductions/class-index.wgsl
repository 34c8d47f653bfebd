// Σ exp(t) of all classes but the target, the target's logit, and 1 where that is
// −inf.

alias Sums = RowF32x3;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;

fn clear_sums() {
  sums = Sums();
  chain = vec4<f32>();
  block = vec4<f32>();
  target_bits = vec4<u32>();
}

fn add_exps(e: vec4<f32>) {
  chain += e;
}

fn close_chain(full: bool) {
  block += only_if(full, chain);
  chain = only_if(!full, chain);
}

fn close_block(full: bool) {
  sums[0] += sum_of(only_if(full, block));
  block = only_if(!full, block);
}

fn end_sums() {
  let seen = seen_target();
  sums = Sums(sums[0], seen[0], seen[1]);
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return Sums(rescaled_sum(part[0], part_peak), part[1], part[2]);
}

fn others() -> Sum {
  return sums[0];
}

fn target_logit() -> RowF32 {
  return sums[1];
}

fn target_is_masked() -> RowBool {
  return sums[2] > RowF32();
}
