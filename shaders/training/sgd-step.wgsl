// provides: take
//
// W ← W − α·g with g = dW, under DECAY dW + λ·W; with MOMENTUM v ← μ·v + g and W ← W − α·v.

fn take(e: u32) {
  var direction = grad[params.offset_grad + e];
  if (DECAY) {
    direction += params.weight_decay * weight[params.offset_weight + e];
  }
  if (MOMENTUM) {
    let at = params.offset_velocity + e;
    direction = params.momentum * velocity[at] + direction;
    velocity[at] = direction;
  }
  weight[params.offset_weight + e] -= params.learning_rate * direction;
}
