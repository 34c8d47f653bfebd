// provides: place_data, store_data
// requires: narrow, store_single_data
//
// Four adjacent elements of a map's output, none past the last of the `elements`.
// PACKED halves are stored as two words: where the first element is the second half of
// a word, or the last one the first half, the other half is left as it is.

// Where a group's four elements start in the binding; packed halves start on a word.
fn place_data(group: u32) -> u32 {
  if (PACKED) {
    return params.offset_data / 2u * 2u + 4u * group;
  } else {
    return params.offset_data + 4u * group;
  }
}

fn store_data(place: u32, bits: vec4<u32>) {
  if (PACKED) {
    let pairs = narrow(bits);
    store_pair_data(place, pairs.x);
    store_pair_data(place + 2u, pairs.y);
  } else {
    let left = params.offset_data + params.elements - place;
    store_single_data(place, bits.x);
    if (left > 1u) {
      store_single_data(place + 1u, bits.y);
    }
    if (left > 2u) {
      store_single_data(place + 2u, bits.z);
    }
    if (left > 3u) {
      store_single_data(place + 3u, bits.w);
    }
  }
}

fn store_pair_data(place: u32, pair: u32) {
  let index = vec2<u32>(place, place + 1u) - params.offset_data;
  let inside = index < vec2<u32>(params.elements);
  if (all(inside)) {
    data[place / 2u] = pair;
  } else if (any(inside)) {
    let own = select(0xffff0000u, 0xffffu, inside.x);
    data[place / 2u] = (pair & own) | (data[place / 2u] & ~own);
  }
}
