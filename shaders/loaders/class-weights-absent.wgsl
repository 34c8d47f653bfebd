// Every class weighs 1.

fn class_weight(k: u32) -> u32 {
  return 0x3f800000u;
}

fn class_weights(quad: u32) -> vec4<u32> {
  return vec4<u32>(0x3f800000u);
}
