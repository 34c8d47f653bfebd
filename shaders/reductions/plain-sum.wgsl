// A plain sum of the op's terms, and whether an element was not finite: one
// such element makes the whole row NaN, and is kept out of the arithmetic.

// Σ, and more than 0 if the row is poisoned.
alias Sums = RowF32x2;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> block: vec4<f32>;
var<private> poisoned: vec4<bool>;

fn clear_sums() {
  sums = Sums();
  chain = vec4<f32>();
  block = vec4<f32>();
  poisoned = vec4<bool>();
}

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  return x;
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  chain += term(x, v);
  poisoned |= poisons(x, v);
}

fn close_chain(full: bool) {
  block += only_if(full, chain);
  chain = only_if(!full, chain);
}

fn close_block(full: bool) {
  sums[0] += sum_of(only_if(full, block));
  sums[1] = select(RowF32(), RowF32(1.0), any_of(poisoned));
  block = only_if(!full, block);
}

// Nothing to rescale: the sum is not taken below a maximum.
fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return part;
}

fn result(quad: u32, x: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  return select(bitcast<vec4<u32>>(mapped(x, v)), vec4<u32>(NAN), sums[1] > RowF32());
}
