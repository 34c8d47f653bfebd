// provides: join, sum_of_exp, rescaled
// requires: add_exps, exp_of_logit, Sum, sums, Sums, RowF32, rescaled_sum
//
// Σ exp(t), t = s·(x − max), and nothing besides.

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  if (KEEPS) {
    add_exps(bitcast<vec4<f32>>(kept));
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
fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  if (HIGH) {
    return Sums(rescaled_sum(part.exps, part_peak), part.rest);
  } else {
    return rescaled_sum(part, part_peak);
  }
}
