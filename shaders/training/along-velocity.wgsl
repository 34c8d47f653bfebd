fn direction(e: u32) -> f32 {
  let at = params.velocity_offset + e;
  let v = params.momentum * velocity[at] + grad[params.grad_offset + e];
  velocity[at] = v;
  return v;
}
