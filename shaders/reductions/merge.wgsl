// Two groups' sums as one.

fn merged(a: Sums, b: Sums) -> Sums {
  return a + b;
}

// The sums of the lane whose number differs in these bits.
fn shuffled(value: Sums, lane_bits: u32) -> Sums {
  return subgroupShuffleXor(value, lane_bits);
}
