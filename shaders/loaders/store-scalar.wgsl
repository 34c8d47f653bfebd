// Four stores a quad, none past the row's end.

fn store_data(quad: u32, bits: vec4<u32>) {
  let k = 4u * quad;
  let step = params.inner;
  let i = base_data + k * step;
  data[i] = bits.x;
  if (k + 1u < params.length) {
    data[i + step] = bits.y;
  }
  if (k + 2u < params.length) {
    data[i + 2u * step] = bits.z;
  }
  if (k + 3u < params.length) {
    data[i + 3u * step] = bits.w;
  }
}
