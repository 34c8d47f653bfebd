// Stores of four neighbours, none past the last of the `elements`.

// The place in the binding of a group's four.
fn place_data(group: u32) -> u32 {
  return params.offset_data + 4u * group;
}

fn store_data(place: u32, bits: vec4<u32>) {
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
