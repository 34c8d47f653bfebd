// Four loads a quad. Past the row's end reads as PADDING_DATA.

fn load_data(quad: u32) -> vec4<u32> {
  let k = 4u * quad;
  let step = params.inner;
  let i = base_data + k * step;
  if (k + 4u <= params.length) {
    return vec4<u32>(data[i], data[i + step], data[i + 2u * step], data[i + 3u * step]);
  }
  var bits = vec4<u32>(PADDING_DATA);
  bits.x = data[i];
  if (k + 1u < params.length) {
    bits.y = data[i + step];
  }
  if (k + 2u < params.length) {
    bits.z = data[i + 2u * step];
  }
  return bits;
}
