// provides: four_SQUARE, one_SQUARE
//
// The SQUARE (row and column) of a tile. S is the transpose of the result; four depths
// at a time are S += B·Aᵀ.

var<private> chain_SQUARE: mat4x4<f32>;

fn four_SQUARE(a: mat4x4<f32>, b: mat4x4<f32>) {
  chain_SQUARE += b * a;
}

fn one_SQUARE(a: vec4<f32>, b: vec4<f32>) {
  chain_SQUARE += mat4x4<f32>(b * a.x, b * a.y, b * a.z, b * a.w);
}
