// W ← W − α·dW; with momentum, v ← μ·v + dW and W ← W − α·v.

fn take(e: u32) {
  let at = params.weight_offset + e;
  weight[at] -= params.learning_rate * direction(e);
}
