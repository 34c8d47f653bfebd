// s·x − offset, with s·x no lower than `lowest`, inside what exp takes without
// overflow. Nothing on the way overflows either.

fn clamped_difference(x: vec4<f32>, offset: RowF32, lowest: RowF32) -> vec4<f32> {
  let reach = vec4<f32>(2.0 * params.half_reach);
  let product = params.scale * clamp(x, -reach, reach);
  return clamp(max(product, vec4<f32>(lowest)) - offset, vec4<f32>(-200.0), vec4<f32>(88.0));
}
