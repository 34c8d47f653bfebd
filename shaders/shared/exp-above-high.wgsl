// exp(s·x − offset), with s·x no lower than `lowest`, within about an ULP while
// |s·x| is no more than a thousand: the product and the difference in two parts.

fn exp_above(x: vec4<f32>, offset: RowF32, lowest: RowF32) -> vec4<f32> {
  // Where this is inside its limits nothing below overflows.
  let near = clamped_difference(x, offset, lowest);
  let inside = (near > vec4<f32>(-200.0)) & (near < vec4<f32>(88.0));
  let scale_head = bitcast<f32>(bitcast<u32>(params.scale) & 0xfffff000u);
  let scale_tail = params.scale - scale_head;
  let x_head = bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) & vec4<u32>(0xfffff000u));
  let x_tail = opaque_quad(x - x_head);
  let product = scale_head * x_head;
  let rest = (scale_head * x_tail + scale_tail * x_head) + scale_tail * x_tail;
  let t = opaque_quad(product - offset);
  let of_product = opaque_quad(t + offset);
  let of_offset = opaque_quad(of_product - t);
  let error = opaque_quad(product - of_product) + opaque_quad(of_offset - offset);
  let parts = exp_parts(select(near, t, inside), select(vec4<f32>(), error + rest, inside));
  return (1.0 + parts[0]) * parts[1];
}
