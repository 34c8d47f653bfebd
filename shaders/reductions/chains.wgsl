// provides: Sums, Terms, sums, chain, clear_sums, add_exps, close_chain, close_block, merged,
//   shuffled, rescaled, keep
// requires: RowF32, only_if, sum_of, exp_of_logit
//
// What a row adds up. A lane adds its quads' terms in chains of 8, those chains in
// blocks of 8, and blocks one after the other: equal terms round the same way every
// time, and long chains of them drift.

alias Sums = RowF32;
alias Terms = vec4<f32>;

var<private> sums: Sums;
var<private> chain: Terms;
var<private> block: Terms;

fn clear_sums() {
  sums = Sums();
  chain = Terms();
  block = Terms();
}

fn add_exps(e: vec4<f32>) {
  chain += e;
}

fn close_chain(full: bool) {
  if (MASKED) {
    // In a loop a branch costs more.
    block += terms_if(full, chain);
    chain = terms_if(!full, chain);
  } else {
    block += chain;
    if (MANY_STEPS) {
      chain = Terms();
    }
  }
}

fn close_block(full: bool) {
  if (MASKED) {
    add_block(terms_if(full, block));
    block = terms_if(!full, block);
  } else {
    add_block(block);
  }
}

fn terms_if(wanted: bool, terms: Terms) -> Terms {
  return only_if(wanted, terms);
}

fn add_block(terms: Terms) {
  sums += sum_of(terms);
}

fn merged(a: Sums, b: Sums) -> Sums {
  return a + b;
}

// The sums of the lane whose number differs in these bits.
fn shuffled(value: Sums, lane_bits: u32) -> Sums {
  return subgroupShuffleXor(value, lane_bits);
}

fn rescaled(part: Sums, part_peak: RowF32) -> Sums {
  return part;
}

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  if (KEEPS) {
    return bitcast<vec4<u32>>(exp_of_logit(x, plain));
  } else {
    return x;
  }
}
