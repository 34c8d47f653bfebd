// Σ exp(t), and of a target distribution Σ t′·s·(max − x) / 4, Σ t′, and trouble.

alias Sums = RowF32x4;

var<private> sums: Sums;
var<private> chain: mat4x4<f32>;
var<private> block: mat4x4<f32>;

fn clear_sums() {
  sums = Sums();
  chain = mat4x4<f32>();
  block = mat4x4<f32>();
}

fn add_exps(e: vec4<f32>) {
  chain[0] += e;
}

fn add_targets(distance: vec4<f32>, t: vec4<f32>, trouble: vec4<f32>) {
  chain[1] += distance;
  chain[2] += t;
  chain[3] += trouble;
}

fn close_chain(full: bool) {
  block += mat4x4<f32>(
    only_if(full, chain[0]),
    only_if(full, chain[1]),
    only_if(full, chain[2]),
    only_if(full, chain[3]),
  );
  chain = mat4x4<f32>(
    only_if(!full, chain[0]),
    only_if(!full, chain[1]),
    only_if(!full, chain[2]),
    only_if(!full, chain[3]),
  );
}

fn close_block(full: bool) {
  sums += Sums(
    sum_of(only_if(full, block[0])),
    sum_of(only_if(full, block[1])),
    sum_of(only_if(full, block[2])),
    sum_of(only_if(full, block[3])),
  );
  block = mat4x4<f32>(
    only_if(!full, block[0]),
    only_if(!full, block[1]),
    only_if(!full, block[2]),
    only_if(!full, block[3]),
  );
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return Sums(
    rescaled_sum(part[0], part_peak),
    part[1] + part[2] * distance_to(part_peak),
    part[2],
    part[3],
  );
}

fn sum_of_exp() -> Sum {
  return sums[0];
}

fn target_distance() -> RowF32 {
  return sums[1];
}

fn target_sum() -> RowF32 {
  return sums[2];
}

fn trouble() -> RowF32 {
  return sums[3];
}
