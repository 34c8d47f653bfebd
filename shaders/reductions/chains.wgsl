// provides: Sums, Terms, sums, chain, clear_sums, add_exps, close_chain, close_span, merged,
//   shuffled, rescaled, map_quad
// requires: RowF32, only_if, sum_of, exp_of_logit
//
// A lane adds its quads' terms in chains of 8, chains in spans of 8, and spans one after
// the other: equal terms round the same way each time, so long chains of them drift.

alias Sums = RowF32;
alias Terms = vec4<f32>;

var<private> sums: Sums;
var<private> chain: Terms;
var<private> span: Terms;

fn clear_sums() {
  sums = Sums();
  chain = Terms();
  span = Terms();
}

fn add_exps(e: vec4<f32>) {
  chain += e;
}

fn close_chain(full: bool) {
  if (MASKED) {
    // In a loop a branch costs more.
    span += terms_if(full, chain);
    chain = terms_if(!full, chain);
  } else {
    span += chain;
    if (MANY_CHAINS) {
      chain = Terms();
    }
  }
}

fn close_span(full: bool) {
  if (MASKED) {
    add_span(terms_if(full, span));
    span = terms_if(!full, span);
  } else {
    add_span(span);
  }
}

fn terms_if(wanted: bool, terms: Terms) -> Terms {
  return only_if(wanted, terms);
}

fn add_span(terms: Terms) {
  sums += sum_of(terms);
}

fn merged(a: Sums, b: Sums) -> Sums {
  return a + b;
}

// The sums of the lane whose number differs in these bits.
fn shuffled(value: Sums, lane_bits: u32) -> Sums {
  return subgroupShuffleXor(value, lane_bits);
}

fn rescaled(part: Sums, part_max: RowF32) -> Sums {
  return part;
}

fn map_quad(x: vec4<u32>, plain: bool) -> vec4<u32> {
  if (MAPS_TO_EXP) {
    return bitcast<vec4<u32>>(exp_of_logit(x, plain));
  } else {
    return x;
  }
}
