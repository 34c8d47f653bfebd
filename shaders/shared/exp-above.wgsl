// exp(s·x − offset), with s·x no lower than `lowest`, by the builtin exp.

fn exp_above(x: vec4<f32>, offset: RowF32, lowest: RowF32) -> vec4<f32> {
  return exp(clamped_difference(x, offset, lowest));
}

fn clamped_difference(x: vec4<f32>, offset: RowF32, lowest: RowF32) -> vec4<f32> {
  let reach = vec4<f32>(2.0 * params.half_reach);
  let product = params.scale * clamp(x, -reach, reach);
  return clamp(max(product, vec4<f32>(lowest)) - offset, vec4<f32>(-200.0), vec4<f32>(88.0));
}
