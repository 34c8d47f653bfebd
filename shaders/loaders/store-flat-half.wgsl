// Stores of four neighbouring halves as two words. The first element may be the
// second half of a word, the last one the first half: the other half stays as it is.

// The place in the binding of a group's four: they start on a word.
fn place_data(group: u32) -> u32 {
  return params.offset_data / 2u * 2u + 4u * group;
}

fn store_data(place: u32, bits: vec4<u32>) {
  let pairs = narrow(bits);
  store_pair_data(place, pairs.x);
  store_pair_data(place + 2u, pairs.y);
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
