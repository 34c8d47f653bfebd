// J_ij = s·y_i·(δ_ij − y_j), y = softmax: a map over the elements of
// [outer, K, K, inner], four an invocation. A y that is not finite makes every
// element it takes part in NaN.

fn run(group: u32) {
  for (var n = 0u; n < 4u; n++) {
    let e = 4u * group + n;
    if (e < params.elements) {
      y[params.offset_y + e] = jacobian_element(params.row_start + e);
    }
  }
}

fn jacobian_element(e: u32) -> u32 {
  let column = e % params.inner;
  let j = (e / params.inner) % params.length;
  let i = (e / params.inner / params.length) % params.length;
  let outer = e / params.inner / params.length / params.length;
  let base = params.offset_x + outer * params.length * params.inner + column;
  let y_i = x[base + i * params.inner];
  let y_j = x[base + j * params.inner];
  let delta = select(0.0, 1.0, i == j);
  let value = params.scale * finite_row(y_i) * (delta - finite_row(y_j));
  return select(bitcast<u32>(value), NAN, is_special_row(y_i) || is_special_row(y_j));
}
