// 'mean' over class indices: Σ w[target] and the number of rows kept, from x:
// the targets as one row. A weight that is not finite poisons its own row only,
// so it is left out here.

// Σ w, and the count.
alias Sums = RowF32x2;

var<private> sums: Sums;
var<private> chain: mat2x4<f32>;
var<private> block: mat2x4<f32>;

fn clear_sums() {
  sums = Sums();
  chain = mat2x4<f32>();
  block = mat2x4<f32>();
}

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  return x;
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  let ignored = (x == vec4<u32>(params.ignore_index)) & vec4<bool>(params.has_ignore != 0u);
  let counts = !ignored & (x < vec4<u32>(params.classes)) & (indices(quad) < vec4<u32>(params.length));
  let weight = class_weights_at(x);
  chain[0] += select(vec4<f32>(), finite(weight), counts & !is_special(weight));
  chain[1] += select(vec4<f32>(), vec4<f32>(1.0), counts);
}

fn close_chain(full: bool) {
  block += mat2x4<f32>(
    only_if(full, chain[0]),
    only_if(full, chain[1]),
  );
  chain = mat2x4<f32>(
    only_if(!full, chain[0]),
    only_if(!full, chain[1]),
  );
}

fn close_block(full: bool) {
  sums += Sums(
    sum_of(only_if(full, block[0])),
    sum_of(only_if(full, block[1])),
  );
  block = mat2x4<f32>(
    only_if(!full, block[0]),
    only_if(!full, block[1]),
  );
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return part;
}

// f = 1 / Σ w and f_z = 1 / count; NaN where there is nothing to take the mean of.
fn write_row(row: u32) {
  put_norm(0u, inverse_or_nan(sums[0]));
  put_norm(1u, inverse_or_nan(sums[1]));
}

fn inverse_or_nan(sum: RowF32) -> RowU32 {
  return select(bitcast<RowU32>(1.0 / sum), RowU32(NAN), sum == RowF32());
}
