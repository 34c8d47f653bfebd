// Every class weighs 1.

fn class_weights_at(k: vec4<u32>) -> vec4<u32> {
  return vec4<u32>(0x3f800000u);
}

fn class_weights(quad: u32) -> vec4<u32> {
  return vec4<u32>(0x3f800000u);
}
