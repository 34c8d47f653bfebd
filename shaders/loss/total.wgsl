// The sum of the rows' losses, from x: the losses as one row. NaN wins, then
// +inf; with nothing to take the mean of (a NaN factor) it is NaN.

// Losses are added as 2⁻²⁴ of themselves, so that their sum does not overflow.
const SHARE = 0x1p-24f;

// Σ · SHARE, how many are infinite, and how many are NaN.
alias Sums = RowF32x3;

var<private> sums: Sums;
var<private> chain: mat3x4<f32>;
var<private> block: mat3x4<f32>;

fn clear_sums() {
  sums = Sums();
  chain = mat3x4<f32>();
  block = mat3x4<f32>();
}

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  return x;
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  chain[0] += select(SHARE * finite(x), vec4<f32>(), is_special(x));
  chain[1] += select(vec4<f32>(), vec4<f32>(1.0), x == vec4<u32>(POS_INF));
  chain[2] += select(vec4<f32>(), vec4<f32>(1.0), not_a_loss(x));
}

fn not_a_loss(bits: vec4<u32>) -> vec4<bool> {
  return is_special(bits) & (bits != vec4<u32>(POS_INF));
}

fn close_chain(full: bool) {
  block += mat3x4<f32>(
    only_if(full, chain[0]),
    only_if(full, chain[1]),
    only_if(full, chain[2]),
  );
  chain = mat3x4<f32>(
    only_if(!full, chain[0]),
    only_if(!full, chain[1]),
    only_if(!full, chain[2]),
  );
}

fn close_block(full: bool) {
  sums += Sums(
    sum_of(only_if(full, block[0])),
    sum_of(only_if(full, block[1])),
    sum_of(only_if(full, block[2])),
  );
  block = mat3x4<f32>(
    only_if(!full, block[0]),
    only_if(!full, block[1]),
    only_if(!full, block[2]),
  );
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return part;
}

fn write_row(row: u32) {
  let most = FLT_MAX * SHARE;
  let total = clamp(sums[0], -most, most) / SHARE;
  let bits = select(bitcast<u32>(total), POS_INF, sums[1] > 0.0);
  put_total(row, select(bits, NAN, sums[2] > 0.0 || is_special_row(factor(0u))));
}
