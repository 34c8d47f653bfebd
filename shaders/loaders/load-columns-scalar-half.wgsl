// Four loads an element of four columns of halves.

fn load_data(quad: u32) -> vec4<u32> {
  let i = base_data + quad * params.inner;
  let at = i / 2u;
  let words = vec4<u32>(data[at.x], data[at.y], data[at.z], data[at.w]);
  let halves = (words >> (16u * (i % 2u))) & vec4<u32>(0xffffu);
  return widen(halves.xz | (halves.yw << vec2<u32>(16u)));
}
