// provides: KEPT, IGNORED, INVALID, row_state, special, fill, begin_row, finalize,
//   rescale_to_chunk, output_quad, row_loss, row_lse
// requires: RowU32, RowF32, RowBool, norm_factor, upstream_of, begin_target, finalize_target,
//   ratio, one, sum_of_exp, above_max, log_of, finite_row, row_kind, FINITE, target_is_invalid,
//   is_special_row, EMPTY, NAN, share_below, FLT_MAX_BITS, target_gradient, target_loss,
//   FLT_MAX, POS_INF, target_masked, NEG_INF, HAS_INF, HAS_NAN
//
// loss = f·Σ t′ (lse − s·x) + f_z·z·lse², and its gradient
// s·f·(p·Σ t′ − t′) + f_z·2·z·s·lse·p, for a target distribution t′. A file of
// `targets/` provides its sums, its loss and its p·Σ t′ − t′.

const KEPT = 0u;
const IGNORED = 1u;  // loss 0, gradient 0
const INVALID = 2u;  // a class index out of range: loss NaN, gradient 0

var<private> row_state: RowU32;
var<private> row_factor: RowU32;
var<private> z_factor: RowU32;
var<private> upstream: RowU32;

var<private> finite_lse: RowF32;
var<private> target_scale: RowF32;
var<private> z_scale: RowF32;
var<private> inverse: RowF32;
var<private> loss_is_nan: RowBool;
var<private> special: RowBool;
var<private> fill: RowU32;

fn begin_row(row: u32) {
  row_factor = norm_factor(0u);
  z_factor = norm_factor(1u);
  upstream = upstream_of(row);
  begin_target(row);
}

fn finalize(row: u32) {
  finalize_target();
  inverse = ratio(one(), sum_of_exp());
  finite_lse = above_max(log_of(sum_of_exp()));
  let f = finite_row(row_factor);
  let f_z = finite_row(z_factor);
  let g = finite_row(upstream);
  target_scale = params.scale * f * g;
  z_scale = saturating_product(2.0 * params.z_loss * params.scale * f_z * g, finite_lse);

  loss_is_nan = (row_kind > RowF32(FINITE)) | target_is_invalid() | is_special_row(row_factor)
    | is_special_row(z_factor);
  let grad_is_nan = loss_is_nan | is_special_row(upstream);
  special = (row_state != RowU32(KEPT)) | (row_kind == RowF32(EMPTY)) | grad_is_nan;
  fill = select(RowU32(params.empty_fill), RowU32(NAN), grad_is_nan);
  fill = select(fill, RowU32(), row_state != RowU32(KEPT));
}

fn rescale_to_chunk(part_max: RowF32) {
  inverse = share_below(part_max, sum_of_exp());
}

// a·b, or ±FLT_MAX from 5 ULP below that on: a quotient may be 2½ ULP off, of twice the size.
fn saturating_product(a: RowF32, b: RowF32) -> RowF32 {
  let most = 0x1.fffff4p+127f / max(RowF32(1.0), abs(a));
  let sign = (bitcast<RowU32>(a) ^ bitcast<RowU32>(b)) & RowU32(0x80000000u);
  let limit = bitcast<RowF32>(sign | RowU32(FLT_MAX_BITS));
  return select(a * b, limit, (abs(a) > RowF32(1.0)) & (abs(b) > most));
}

fn output_quad(quad: u32, mapped: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  let p = bitcast<vec4<f32>>(mapped) * inverse;
  let dx = target_scale * target_gradient(quad, p, v) + z_scale * p;
  return select(bitcast<vec4<u32>>(dx), vec4<u32>(fill), special);
}

fn row_loss() -> RowU32 {
  let z = params.z_loss * finite_row(z_factor);
  let half_penalty = 0.5 * saturating_product(saturating_product(z, finite_lse), finite_lse);
  let half_loss = 0.5 * saturating_product(finite_row(row_factor), target_loss());
  let most = RowF32(0.5 * FLT_MAX);
  var bits = bitcast<RowU32>(2.0 * clamp(half_loss + half_penalty, -most, most));
  bits = select(bits, RowU32(POS_INF), target_masked());
  bits = select(bits, RowU32(params.empty_fill), row_kind == RowF32(EMPTY));
  bits = select(bits, RowU32(NAN), loss_is_nan | (row_state == RowU32(INVALID)));
  return select(bits, RowU32(), row_state == RowU32(IGNORED));
}

fn row_lse() -> RowU32 {
  var bits = bitcast<RowU32>(finite_lse);
  bits = select(bits, RowU32(NEG_INF), row_kind == RowF32(EMPTY));
  bits = select(bits, RowU32(POS_INF), row_kind == RowF32(HAS_INF));
  return select(bits, RowU32(NAN), row_kind == RowF32(HAS_NAN));
}
