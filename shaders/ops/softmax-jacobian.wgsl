// provides: run
// requires: quads, open_x, indices, finite, load_x, whole_quads, load_tail_x, base_x, single_x,
//   NAN, is_special_row, finite_row, is_special, open_y, store_tail_y, store_y
//
// J_ij = s·y_i·(δ_ij − y_j), from x: y = softmax, x's rows being [K, inner] elements of one
// outer index. For one i, J lies in memory as x does. So an invocation holds a quad of x's
// row, the y_j, and writes the same quad of RUN rows of J, one for each i, as if δ were 0; then
// those again that the diagonal passes. A non-finite x makes every element computed from it NaN.

var<private> columns: vec4<u32>;  // of the quad's elements, among `inner`

fn run(group: u32) {
  let quad = group % quads();
  let tiles = (params.jacobian_rows + RUN - 1u) / RUN;
  let outer = group / quads() / tiles;
  let first = group / quads() % tiles * RUN;
  let last = min(first + RUN, params.jacobian_rows);
  open_x(outer);
  columns = indices(quad) % params.inner;
  let bits = quad_of_x(quad);
  let y_j = finite(bits);
  let nan_j = nan_of(bits);
  let first_row = outer * params.jacobian_rows;
  if (WHOLE) {
    for (var row = first; row < last; row += 4u) {
      let y_i = load_x((params.row_start + row) / 4u);
      let s = params.scale * finite(y_i);
      let nan_i = nan_of(y_i);
      put(first_row + row, quad, s.x * -y_j, nan_j | nan_i.xxxx);
      put(first_row + row + 1u, quad, s.y * -y_j, nan_j | nan_i.yyyy);
      put(first_row + row + 2u, quad, s.z * -y_j, nan_j | nan_i.zzzz);
      put(first_row + row + 3u, quad, s.w * -y_j, nan_j | nan_i.wwww);
    }
  } else {
    for (var row = first; row < last; row++) {
      let y_i = scaled(params.row_start + row);
      put(first_row + row, quad, y_i.value * -y_j, nan_j | y_i.nan);
    }
  }
  let j = indices(quad) / params.inner;
  for (var k = 0u; k < 4u; k++) {
    let row = j[k] - params.row_start;
    if (row >= first && row < last) {
      let y_i = scaled(j[k]);
      let delta = select(vec4<f32>(), vec4<f32>(1.0), j == vec4<u32>(j[k]));
      put(first_row + row, quad, y_i.value * (delta - y_j), nan_j | y_i.nan);
    }
  }
}

fn quad_of_x(quad: u32) -> vec4<u32> {
  if (HAS_TAIL && quad >= whole_quads()) {
    return load_tail_x(quad);
  }
  return load_x(quad);
}

// s·y_i in the quad's columns, and what nan_of(y_i) gives.
struct Scaled {
  value: vec4<f32>,
  nan: vec4<u32>,
}

fn scaled(i: u32) -> Scaled {
  if (STRIDED) {
    let k = base_x + i * params.inner + columns;
    let bits = vec4<u32>(single_x(k.x), single_x(k.y), single_x(k.z), single_x(k.w));
    return Scaled(params.scale * finite(bits), nan_of(bits));
  } else {
    let bits = element_of_x(i);
    let nan = select(0u, NAN, is_special_row(bits));
    return Scaled(vec4<f32>(params.scale * finite_row(bits)), vec4<u32>(nan));
  }
}

fn element_of_x(i: u32) -> u32 {
  if (WHOLE) {
    return load_x(i / 4u)[i % 4u];
  } else {
    return single_x(base_x + i);
  }
}

// What is to be set in the bits of a result: NaN's, where an input is not finite.
fn nan_of(bits: vec4<u32>) -> vec4<u32> {
  return select(vec4<u32>(), vec4<u32>(NAN), is_special(bits));
}

fn put(row: u32, quad: u32, value: vec4<f32>, nan: vec4<u32>) {
  open_y(row);
  let bits = bitcast<vec4<u32>>(value) | nan;
  if (HAS_TAIL && quad >= whole_quads()) {
    store_tail_y(quad, bits);
  } else {
    store_y(quad, bits);
  }
}
