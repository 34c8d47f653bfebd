// provides: add_quad, sum_of_exp, rescaled
// requires: add_exps, exp_of_logit, Sum, sums, Sums, RowF32, rescaled_sum
//
// Σ exp(t), t = s·(x − max), and nothing besides.

fn add_quad(quad: u32, x: vec4<u32>, mapped: vec4<u32>, v: vec4<u32>, plain: bool) {
  if (MAPS_TO_EXP) {
    add_exps(bitcast<vec4<f32>>(mapped));
  } else {
    add_exps(exp_of_logit(x, plain));
  }
}

fn sum_of_exp() -> Sum {
  if (HIGH) {
    return sums.exps;
  } else {
    return sums;
  }
}

// A chunk's sum, taken below its own maximum, below the row's.
fn rescaled(part: Sums, part_max: RowF32) -> Sums {
  if (HIGH) {
    return Sums(rescaled_sum(part.exps, part_max), part.others);
  } else {
    return rescaled_sum(part, part_max);
  }
}
