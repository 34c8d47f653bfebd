// provides: TILE_QUADS, CHUNK_TILES, element_quad, set_top, place_of
// requires: whole_quads, tail_x, element_x, set_max, RowF32x2, float_of, FINITE
//
// A row is cut into tiles of 64 elements, and 64 tiles make a chunk. Scratch
// holds for each tile and each chunk its largest key; past a row's last tile or
// chunk, up to a whole number of quads of them, EMPTY_KEY.

const TILE_QUADS = 16u;
const CHUNK_TILES = 64u;

fn element_quad(quad: u32) -> vec4<u32> {
  if (HAS_TAIL && quad >= whole_quads()) {
    return tail_x(quad);
  }
  return element_x(quad);
}

fn set_top(key: i32) {
  set_max(RowF32x2(float_of(key), FINITE));
}

// The position of a row's result: the axis keeps its position, and its length is `picks`.

fn place_of(row: u32, pick: u32) -> u32 {
  return ((row / params.result_stride) * params.picks + pick) * params.result_stride + row % params.result_stride;
}
