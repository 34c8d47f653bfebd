fn direction(e: u32) -> f32 {
  return grad[params.grad_offset + e];
}
