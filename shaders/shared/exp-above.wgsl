// exp(s·x − offset), with s·x no lower than `lowest`, by the builtin exp.

fn exp_above(x: vec4<f32>, offset: RowF32, lowest: RowF32) -> vec4<f32> {
  return exp(clamped_difference(x, offset, lowest));
}
