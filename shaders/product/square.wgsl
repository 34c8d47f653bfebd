// provides: four_SQUARE, one_SQUARE
//
// The square at rows ROW and columns COLUMN of a tile. With S the transpose of
// what it is to be, four depths are S += B·Aᵀ.

var<private> chain_SQUARE: mat4x4<f32>;

fn four_SQUARE(a: mat4x4<f32>, b: mat4x4<f32>) {
  chain_SQUARE += b * a;
}

fn one_SQUARE(a: vec4<f32>, b: vec4<f32>) {
  chain_SQUARE += mat4x4<f32>(b * a.x, b * a.y, b * a.z, b * a.w);
}
