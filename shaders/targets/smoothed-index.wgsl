// A class index with label smoothing: t′ = w·((1 − ε)·[k is the target] + ε / K).

fn begin_target(row: u32) {
  read_target(row);
}

fn target_of(quad: u32, v: vec4<u32>) -> vec4<f32> {
  let k = indices(quad);
  let y = select(vec4<f32>(), vec4<f32>(params.target_share), k == vec4<u32>(target_index));
  let t = finite(class_weights(quad)) * (y + params.class_share);
  return select(vec4<f32>(), t, k < vec4<u32>(params.length));
}

fn target_is_special(quad: u32, v: vec4<u32>) -> vec4<bool> {
  return is_special(class_weights(quad));
}
