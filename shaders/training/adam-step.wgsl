// provides: take
//
// A step of Adam. With g = dW, under DECAY dW + λ·W:
//   m ← β₁·m + (1 − β₁)·g
//   v ← β₂·v + (1 − β₂)·g²
//   W ← keep·W − rate·m / (root·√v + ε)

fn take(e: u32) {
  let before = weight[params.offset_weight + e];
  var g = grad[params.offset_grad + e];
  if (DECAY) {
    g += params.weight_decay * before;
  }
  let m = params.beta1 * means[params.offset_means + e] + params.rest1 * g;
  let v = params.beta2 * squares[params.offset_squares + e] + params.rest2 * (g * g);
  means[params.offset_means + e] = m;
  squares[params.offset_squares + e] = v;
  let step = m / (params.root * sqrt(v) + params.epsilon);
  weight[params.offset_weight + e] = params.keep * before - params.rate * step;
}
