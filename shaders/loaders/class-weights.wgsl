// One weight a class, as bits; 0 past the last class.

fn class_weight(k: u32) -> u32 {
  return select(0u, weights[params.offset_weights + min(k, params.classes - 1u)], k < params.classes);
}

fn class_weights(quad: u32) -> vec4<u32> {
  let k = 4u * quad;
  return vec4<u32>(class_weight(k), class_weight(k + 1u), class_weight(k + 2u), class_weight(k + 3u));
}
