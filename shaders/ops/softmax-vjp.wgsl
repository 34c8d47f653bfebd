// provides: term, is_invalid, output_of
// requires: finite, is_special, sums
//
// dx = s·y ⊙ (dy − Σ y·dy), from x: y = softmax and v: the upstream gradient dy.
// The Jacobian is symmetric: with a tangent in place of dy it is the JVP.

fn term(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return finite(x) * finite(v);
}

fn is_invalid(x: vec4<u32>, v: vec4<u32>) -> vec4<bool> {
  return is_special(x) | is_special(v);
}

fn output_of(x: vec4<u32>, v: vec4<u32>) -> vec4<f32> {
  return params.scale * finite(x) * (finite(v) - sums[0]);
}
