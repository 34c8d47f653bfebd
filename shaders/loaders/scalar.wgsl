// provides: base_data, open_data, load_data, load_padded_data, load_tail_data, store_data,
//   store_tail_data
// requires: indices, single_data, quads, tail_length, store_single_data
//
// Quads of contiguous rows of any length and alignment: four accesses each. Elements past
// the row's end read as PADDING_DATA and are not stored. Where lanes share a row the
// elements may be DEALT to them: then each access is of neighbouring elements for
// neighbouring lanes. For packed halves `packed.wgsl` takes the place of the loads and
// stores.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = params.offset_data + row * params.length - params.axis_start;
}

fn load_data(quad: u32) -> vec4<u32> {
  if (DEALT) {
    return four_data(indices(quad));
  } else {
    let i = base_data + 4u * quad;
    return vec4<u32>(single_data(i), single_data(i + 1u), single_data(i + 2u), single_data(i + 3u));
  }
}

fn four_data(k: vec4<u32>) -> vec4<u32> {
  let i = base_data + k;
  return vec4<u32>(single_data(i.x), single_data(i.y), single_data(i.z), single_data(i.w));
}

// Any quad, also one that lies past the row's end: no branch, nothing read outside the row.
fn load_padded_data(quad: u32, last: u32) -> vec4<u32> {
  let k = indices(quad);
  let bits = four_data(min(k, vec4<u32>(max(params.length, 1u) - 1u)));
  return select(vec4<u32>(PADDING_DATA), bits, k < vec4<u32>(params.length));
}

fn load_tail_data(quad: u32) -> vec4<u32> {
  if (DEALT) {
    return load_padded_data(quad, quads());
  } else {
    let i = base_data + 4u * quad;
    var bits = vec4<u32>(single_data(i), PADDING_DATA, PADDING_DATA, PADDING_DATA);
    if (tail_length() > 1u) {
      bits.y = single_data(i + 1u);
    }
    if (tail_length() > 2u) {
      bits.z = single_data(i + 2u);
    }
    return bits;
  }
}

fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data + indices(quad);
  store_single_data(i.x, bits.x);
  store_single_data(i.y, bits.y);
  store_single_data(i.z, bits.z);
  store_single_data(i.w, bits.w);
}

fn store_tail_data(quad: u32, bits: vec4<u32>) {
  if (DEALT) {
    let k = indices(quad);
    for (var j = 0u; j < 4u; j++) {
      if (k[j] < params.length) {
        store_single_data(base_data + k[j], bits[j]);
      }
    }
  } else {
    let i = base_data + 4u * quad;
    store_single_data(i, bits.x);
    if (tail_length() > 1u) {
      store_single_data(i + 1u, bits.y);
    }
    if (tail_length() > 2u) {
      store_single_data(i + 2u, bits.z);
    }
  }
}
