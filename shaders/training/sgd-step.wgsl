// provides: take
//
// W ← W − α·dW; with MOMENTUM v ← μ·v + dW and W ← W − α·v.

fn take(e: u32) {
  var direction = grad[params.offset_grad + e];
  if (MOMENTUM) {
    let at = params.offset_velocity + e;
    direction = params.momentum * velocity[at] + direction;
    velocity[at] = direction;
  }
  weight[params.offset_weight + e] -= params.learning_rate * direction;
}
