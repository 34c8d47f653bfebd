// dx = s·exp(s·x − lse)·dLse, with one lse and one dLse a row.

var<private> row_lse: RowF32;
var<private> lowest_product: RowF32;
var<private> gradient: RowF32;
var<private> special: RowBool;
var<private> fill: RowU32;

fn begin_row(row: u32) {
  let lse_bits = value_lse(row);
  let gradient_bits = value_dlse(row);
  row_lse = finite_row(lse_bits);
  gradient = params.scale * finite_row(gradient_bits);
  // Far below lse the exponential is 0; looking no further down, s·x − lse
  // cannot overflow.
  lowest_product = 2.0
    * max(row_lse * 0.5 - max(RowF32(100.0), abs(row_lse) * 0x1p-21), RowF32(-0.5 * FLT_MAX));
  let empty = (lse_bits == RowU32(NEG_INF)) & !is_special_row(gradient_bits);
  special = is_special_row(lse_bits) | is_special_row(gradient_bits);
  fill = select(RowU32(NAN), RowU32(params.empty_fill), empty);
}

fn settle(row: u32) {}

fn result(quad: u32, x: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  var dx = bitcast<vec4<u32>>(exp_above(finite(x), row_lse, lowest_product) * gradient);
  dx = select(dx, vec4<u32>(NAN), is_special(x));
  dx = select(dx, vec4<u32>(), x == vec4<u32>(NEG_INF));
  return select(dx, vec4<u32>(fill), special);
}
