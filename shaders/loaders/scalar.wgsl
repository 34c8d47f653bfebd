// provides: open_data, load_data, load_tail_data, store_data, store_tail_data
// requires: single_data, tail_length, widen, narrow, store_single_data
//
// Quads of contiguous rows of any length and alignment: four accesses each, or two or
// three words of PACKED halves. Elements past the row's end read as PADDING_DATA and
// are not stored.

var<private> base_data: u32;

fn open_data(row: u32) {
  base_data = params.offset_data + row * params.length - params.axis_start;
}

fn load_data(quad: u32) -> vec4<u32> {
  if (PACKED) {
    return halves_data(base_data + 4u * quad, 4u);
  } else {
    let i = base_data + 4u * quad;
    return vec4<u32>(single_data(i), single_data(i + 1u), single_data(i + 2u), single_data(i + 3u));
  }
}

fn load_tail_data(quad: u32) -> vec4<u32> {
  if (PACKED) {
    let bits = halves_data(base_data + 4u * quad, tail_length());
    return select(vec4<u32>(PADDING_DATA), bits, vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(tail_length()));
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

// `count` halves from element `start` on; the other lanes of the vector are undefined.
fn halves_data(start: u32, count: u32) -> vec4<u32> {
  let first = start / 2u;
  let last = (start + count - 1u) / 2u;
  let words = vec3<u32>(data[first], data[min(first + 1u, last)], data[min(first + 2u, last)]);
  let shifted = (words.xy >> vec2<u32>(16u)) | (words.yz << vec2<u32>(16u));
  return widen(select(words.xy, shifted, start % 2u == 1u));
}

// Rows of packed halves have an even length and start on a word, so no two of them share
// a word.
fn store_data(quad: u32, bits: vec4<u32>) {
  if (PACKED) {
    let i = base_data / 2u + 2u * quad;
    let pairs = narrow(bits);
    data[i] = pairs.x;
    data[i + 1u] = pairs.y;
  } else {
    let i = base_data + 4u * quad;
    store_single_data(i, bits.x);
    store_single_data(i + 1u, bits.y);
    store_single_data(i + 2u, bits.z);
    store_single_data(i + 3u, bits.w);
  }
}

fn store_tail_data(quad: u32, bits: vec4<u32>) {
  if (PACKED) {
    data[base_data / 2u + 2u * quad] = narrow(bits).x;
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
