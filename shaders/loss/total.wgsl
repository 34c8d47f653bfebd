// The sum of the rows' losses, from x: the losses as one row. NaN wins, then
// +inf; with nothing to take the mean of (a NaN factor) it is NaN.

// x: Σ, y: how many are infinite, z: how many are NaN.
alias Sums = vec3<f32>;

var<private> sums: Sums;
var<private> chain: vec4<f32>;
var<private> chain_infinite: vec4<f32>;
var<private> chain_nan: vec4<f32>;

fn begin_row(row: u32) {}

fn clear_sums() {
  sums = Sums();
  clear_chain();
}

fn clear_chain() {
  chain = vec4<f32>();
  chain_infinite = vec4<f32>();
  chain_nan = vec4<f32>();
}

fn join(quad: u32, x: vec4<u32>, v: vec4<u32>) {
  chain += select(finite(x), vec4<f32>(), is_special(x));
  chain_infinite += select(vec4<f32>(), vec4<f32>(1.0), x == vec4<u32>(POS_INF));
  chain_nan += select(vec4<f32>(), vec4<f32>(1.0), not_a_loss(x));
}

fn not_a_loss(bits: vec4<u32>) -> vec4<bool> {
  return is_special(bits) & (bits != vec4<u32>(POS_INF));
}

fn close_chain() {
  sums += Sums(sum_of(chain), sum_of(chain_infinite), sum_of(chain_nan));
  clear_chain();
}

fn rescaled(part: Sums, part_peak: f32) -> Sums {
  return part;
}

fn settle(row: u32) {}
