// provides: begin_target, open_sums, add_quad, Sums, add_span, end_sums, rescaled,
//   finalize_target, sum_of_exp, target_masked, target_is_invalid, target_loss, target_gradient
// requires: RowU32, Sum, RowF32, read_target, first_of, class_weights_at, target_index,
//   add_exps, exp_of_logit, indices, element_x, whole_quads, tail_x, RowF32x2, finite_row,
//   NEG_INF, RowF32x3, Terms, sums, sum_of, rescaled_sum, RowBool, one, ratio, plus,
//   is_special_row, below_max, log_of, log1p_of
//
// A class index without smoothing: t′ = w at the target, 0 elsewhere. The other classes'
// Σ exp(t) is kept apart from the target's term, so that nothing cancels in a confident
// row's loss log1p(others) and gradient −others / Σ.

var<private> target_weight: RowU32;
// The bits of the target's logit, if this lane has seen it.
var<private> target_bits: vec4<u32>;
var<private> own: Sum;
var<private> others_share: RowF32;

fn begin_target(row: u32) {
  read_target(row);
  target_weight = first_of(class_weights_at(vec4<u32>(target_index)));
}

// The target is searched for in every quad; or, with APART, its quad is processed before
// the others, which then need only a comparison of quad numbers.

// The quad that holds the target, if it is processed apart.
var<private> target_quad: RowU32;

fn open_sums(first: u32, last: u32) {
  target_bits = vec4<u32>();
  if (APART) {
    target_quad = quad_of(target_index);
    let inside = (target_quad >= RowU32(first)) & (target_quad < RowU32(last));
    let x = quad_at(clamp(target_quad, RowU32(first), RowU32(last - 1u)));
    let is_target = is_place_of(target_index);
    let others = vec4<bool>(inside) & !is_target;
    add_exps(select(vec4<f32>(), exp_of_logit(x, false), others));
    target_bits = select(vec4<u32>(), x, vec4<bool>(inside) & is_target);
  }
}

fn add_quad(quad: u32, x: vec4<u32>, mapped: vec4<u32>, v: vec4<u32>, plain: bool) {
  if (APART) {
    let taken = RowU32(quad) == target_quad;
    let keeps = select(RowU32(0xffffffffu), RowU32(), taken);
    add_exps(bitcast<vec4<f32>>(mapped & vec4<u32>(keeps)));
  } else {
    let is_target = indices(quad) == vec4<u32>(target_index);
    add_exps(select(bitcast<vec4<f32>>(mapped), vec4<f32>(), is_target));
    target_bits |= select(vec4<u32>(), x, is_target);
  }
}

// The quad of an index and the index's place in that quad, and a quad by its number (in
// COLUMNS, one number per column), which may be the tail.
fn quad_of(index: RowU32) -> RowU32 {
  if (COLUMNS) {
    return index;
  } else {
    return index / 4u;
  }
}

fn is_place_of(index: RowU32) -> vec4<bool> {
  if (COLUMNS) {
    return vec4<bool>(true);
  } else {
    return vec4<u32>(0u, 1u, 2u, 3u) == vec4<u32>(index % 4u);
  }
}

fn quad_at(quad: RowU32) -> vec4<u32> {
  if (COLUMNS) {
    return vec4<u32>(
      element_x(quad.x).x,
      element_x(quad.y).y,
      element_x(quad.z).z,
      element_x(quad.w).w,
    );
  } else {
    if (HAS_TAIL && quad >= whole_quads()) {
      return tail_x(quad);
    }
    return element_x(quad);
  }
}

// The target's logit, and 1 if that is −inf; 0 if this lane has not seen the target.
fn seen_target() -> RowF32x2 {
  let bits = only_u32(target_bits);
  return RowF32x2(finite_row(bits), select(RowF32(), RowF32(1.0), bits == RowU32(NEG_INF)));
}

// The one nonzero value of a row's four; 0 if there is none.
fn only_u32(v: vec4<u32>) -> RowU32 {
  if (COLUMNS) {
    return v;
  } else {
    return v.x | v.y | v.z | v.w;
  }
}

// The sums: the others' Σ exp(t), the target's logit, and 1 if that is −inf.
alias Sums = RowF32x3;

fn add_span(terms: Terms) {
  sums[0] += sum_of(terms);
}

fn end_sums() {
  let seen = seen_target();
  if (HIGH) {
    sums.others = RowF32x3(seen[0], seen[1], RowF32());
  } else {
    sums = Sums(sums[0], seen[0], seen[1]);
  }
}

fn rescaled(part: Sums, part_max: RowF32) -> Sums {
  if (HIGH) {
    return Sums(rescaled_sum(part.exps, part_max), part.others);
  } else {
    return Sums(rescaled_sum(part[0], part_max), part[1], part[2]);
  }
}

fn others() -> Sum {
  if (HIGH) {
    return sums.exps;
  } else {
    return sums[0];
  }
}

fn target_logit() -> RowF32 {
  if (HIGH) {
    return sums.others[0];
  } else {
    return sums[1];
  }
}

fn target_is_masked() -> RowBool {
  if (HIGH) {
    return sums.others[1] > RowF32();
  } else {
    return sums[2] > RowF32();
  }
}

fn finalize_target() {
  // A target outside the row's classes contributes no term.
  let none = target_is_masked() | (target_index >= RowU32(params.length));
  own = rescaled_sum(one(), target_logit());
  if (HIGH) {
    own = Sum(select(own[0], RowF32(), none), select(own[1], RowF32(), none));
  } else {
    own = select(own, RowF32(), none);
  }
  others_share = ratio(others(), sum_of_exp());
}

fn sum_of_exp() -> Sum {
  if (HIGH) {
    return plus(others(), own);
  } else {
    return others() + own;
  }
}

// A target of weight 0 at a logit of −inf contributes 0, so it does not count.
fn target_masked() -> RowBool {
  return target_is_masked() & (finite_row(target_weight) != RowF32());
}

fn target_is_invalid() -> RowBool {
  return is_special_row(target_weight);
}

fn target_loss() -> RowF32 {
  let t = below_max(target_logit(), params.half_reach);
  let confident = (t == RowF32()) | target_is_masked();
  let loss = log_of(sum_of_exp()) - t;
  return finite_row(target_weight) * select(loss, log1p_of(others()), confident);
}

fn target_gradient(quad: u32, p: vec4<f32>, v: vec4<u32>) -> vec4<f32> {
  let is_target = indices(quad) == vec4<u32>(target_index);
  return finite_row(target_weight) * select(p, vec4<f32>(-others_share), is_target);
}
