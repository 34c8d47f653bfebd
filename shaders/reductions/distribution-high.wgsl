// Σ exp(t), and of a target distribution Σ t′·s·(max − x) / 4, Σ t′, and trouble.

var<private> target_chain: mat3x4<f32>;
var<private> target_block: mat3x4<f32>;

fn clear_sums() {
  clear_exps();
  target_chain = mat3x4<f32>();
  target_block = mat3x4<f32>();
}

fn add_targets(distance: vec4<f32>, t: vec4<f32>, trouble: vec4<f32>) {
  target_chain += mat3x4<f32>(distance, t, trouble);
}

fn close_chain(full: bool) {
  close_chain_of_exps(full);
  if (!full) {
    return;
  }
  target_block += target_chain;
  target_chain = mat3x4<f32>();
}

fn close_block(full: bool) {
  close_block_of_exps(full);
  if (!full) {
    return;
  }
  sums.rest += RowF32x3(
    sum_of(target_block[0]),
    sum_of(target_block[1]),
    sum_of(target_block[2]),
  );
  target_block = mat3x4<f32>();
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  let distance = part.rest[0] + part.rest[1] * distance_to(part_peak);
  return Sums(
    rescaled_sum(part.exps, part_peak),
    RowF32x3(distance, part.rest[1], part.rest[2]),
  );
}

fn sum_of_exp() -> Sum {
  return sums.exps;
}

fn target_distance() -> RowF32 {
  return sums.rest[0];
}

fn target_sum() -> RowF32 {
  return sums.rest[1];
}

fn trouble() -> RowF32 {
  return sums.rest[2];
}
