// provides: take
// requires: flushed, with_mask, penalized, count_of
//
// An entry of a bias in one row. The first entry of a class takes its logit, adds the values
// of all entries of that class in the order of the list, and penalizes the result: no two
// invocations write one element. A class that no row has is passed over.

fn take(e: u32) {
  let entry = e % params.entries;
  let class_index = index_of(entry);
  if (class_index >= params.length) {
    return;
  }
  for (var before = 0u; before < entry; before++) {
    if (index_of(before) == class_index) {
      return;
    }
  }
  let row = e / params.entries;
  let in_slab = class_index * params.inner + row % params.inner;
  let place = row / params.inner * params.length * params.inner + in_slab;
  var bits = vec4<u32>(flushed(x[params.offset_x + place]));
  for (var i = entry; i < params.entries; i++) {
    if (index_of(i) == class_index) {
      bits = with_mask(bits, vec4<u32>(values[params.offset_values + i]));
    }
  }
  y[params.offset_y + place] = penalized(flushed(bits.x), count_of(place));
}

fn index_of(entry: u32) -> u32 {
  return classes[params.offset_classes + entry];
}
