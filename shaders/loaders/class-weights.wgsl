// One weight a class, as bits; 0 past the last class. Without weights each is 1.

fn class_weight(k: u32) -> u32 {
  return weights[params.offset_weights + min(k, params.classes - 1u)];
}

fn class_weights_at(k: vec4<u32>) -> vec4<u32> {
  if (HAS_WEIGHTS) {
    let bits = vec4<u32>(class_weight(k.x), class_weight(k.y), class_weight(k.z), class_weight(k.w));
    return select(vec4<u32>(), bits, k < vec4<u32>(params.classes));
  } else {
    return vec4<u32>(0x3f800000u);
  }
}

fn class_weights(quad: u32) -> vec4<u32> {
  return class_weights_at(indices(quad));
}
