// Σ exp(t), t = s·(x − max).

alias Sums = RowF32;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;

fn clear_sums() {
  sums = Sums();
  chain = vec4<f32>();
  block = vec4<f32>();
}

fn add_exps(e: vec4<f32>) {
  chain += e;
}

fn close_chain(full: bool) {
  block += only_if(full, chain);
  chain = only_if(!full, chain);
}

fn close_block(full: bool) {
  sums += sum_of(only_if(full, block));
  block = only_if(!full, block);
}

// A chunk's sum, taken below its own maximum, below the row's.
fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return rescaled_sum(part, part_peak);
}

fn sum_of_exp() -> Sum {
  return sums;
}
