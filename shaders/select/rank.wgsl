// provides: run
// requires: place_of, open_x, open_mask, keys_of, element_quad, CHUNK_TILES, TILE_QUADS, quads,
//   indices
//
// After the scan, one invocation per place: the rank of one element of its row, 1 and the number
// of elements before it in the order of picks. Chunks and tiles whose largest key is smaller are
// passed over. A dispatch counts in the chunks from `chunk_first` to `chunk_last`; the first
// starts from 1.

fn run(group: u32) {
  let row = group / params.picks;
  let place = place_of(row, group % params.picks);
  let index = places[params.offset_places + place];
  let out = params.offset_indices_out + place;
  if (index >= params.length) {
    indices_out[out] = 0xffffffffu;
    return;
  }
  open_x(row);
  open_mask(row);
  let key = keys_of(element_quad(index / 4u))[index % 4u];
  var before = 1u;
  if (params.chunk_first > 0u) {
    before = indices_out[out];
  }
  if (params.tiles > 1u) {
    for (var chunk = params.chunk_first; chunk < params.chunk_last; chunk++) {
      if (chunk_keys[row * params.chunk_stride + chunk] < key) {
        continue;
      }
      let last = min((chunk + 1u) * CHUNK_TILES, params.tiles);
      for (var tile = chunk * CHUNK_TILES; tile < last; tile++) {
        if (tile_keys[row * params.tile_stride + tile] >= key) {
          before += before_in(tile, key, index);
        }
      }
    }
  } else {
    before += before_in(0u, key, index);
  }
  indices_out[out] = before;
}

// Elements of a tile that come before one: larger, or equal and earlier.
fn before_in(tile: u32, key: i32, index: u32) -> u32 {
  var count = vec4<u32>();
  let first = tile * TILE_QUADS;
  for (var quad = first; quad < min(first + TILE_QUADS, quads()); quad++) {
    let keys = keys_of(element_quad(quad));
    let k = indices(quad);
    let precedes = (keys > vec4<i32>(key)) | ((keys == vec4<i32>(key)) & (k < vec4<u32>(index)));
    count += select(vec4<u32>(), vec4<u32>(1u), precedes & (k < vec4<u32>(params.length)));
  }
  return count.x + count.y + count.z + count.w;
}
