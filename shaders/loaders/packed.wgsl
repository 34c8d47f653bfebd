// provides: load_data, load_tail_data, load_padded_data, store_data, store_tail_data
// requires: base_data, tail_length, widen, narrow
// Quads of contiguous rows of packed halves: two or three words each, at any alignment.

fn load_data(quad: u32) -> vec4<u32> {
  return halves_data(base_data + 4u * quad, 4u);
}

fn load_tail_data(quad: u32) -> vec4<u32> {
  let length = tail_length();
  let bits = halves_data(base_data + 4u * quad, length);
  return select(vec4<u32>(PADDING_DATA), bits, vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(length));
}

// Any quad, also one that lies past the row's end: no branch, nothing read outside the row.
fn load_padded_data(quad: u32, last: u32) -> vec4<u32> {
  let first = min(4u * quad, max(params.length, 1u) - 1u);
  let k = vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
  let bits = halves_data(base_data + first, min(4u, max(params.length, 1u) - first));
  return select(vec4<u32>(PADDING_DATA), bits, k < vec4<u32>(params.length));
}

// `count` halves from element `start` on; the other lanes of the vector are undefined.
fn halves_data(start: u32, count: u32) -> vec4<u32> {
  let first = start / 2u;
  let last = (start + count - 1u) / 2u;
  let words = vec3<u32>(data[first], data[min(first + 1u, last)], data[min(first + 2u, last)]);
  let shifted = (words.xy >> vec2<u32>(16u)) | (words.yz << vec2<u32>(16u));
  return widen(select(words.xy, shifted, start % 2u == 1u));
}

// Rows that are stored have an even length and start on a word, so no two of them share
// a word.
fn store_data(quad: u32, bits: vec4<u32>) {
  let i = base_data / 2u + 2u * quad;
  let pairs = narrow(bits);
  data[i] = pairs.x;
  data[i + 1u] = pairs.y;
}

fn store_tail_data(quad: u32, bits: vec4<u32>) {
  data[base_data / 2u + 2u * quad] = narrow(bits).x;
}
