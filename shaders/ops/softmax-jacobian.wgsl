// provides: element_result
// requires: single_x, finite_row, NAN, is_special_row
//
// J_ij = s·y_i·(δ_ij − y_j), from x: y = softmax; a map over the elements of
// [outer, K, K, inner]. A non-finite x makes every element computed from it NaN.

fn element_result(index: u32) -> u32 {
  let e = params.row_start + index;
  let column = e % params.inner;
  let j = (e / params.inner) % params.length;
  let i = (e / params.inner / params.length) % params.length;
  let outer = e / params.inner / params.length / params.length;
  let base = params.offset_x + outer * params.length * params.inner + column;
  let y_i = single_x(base + i * params.inner);
  let y_j = single_x(base + j * params.inner);
  let delta = select(0.0, 1.0, i == j);
  let value = params.scale * finite_row(y_i) * (delta - finite_row(y_j));
  return select(bitcast<u32>(value), NAN, is_special_row(y_i) || is_special_row(y_j));
}
