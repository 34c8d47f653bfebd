// The sums of the lane whose number differs in these bits.

fn shuffled(value: Sums, lane_bits: u32) -> Sums {
  return Sums(
    subgroupShuffleXor(value.exps, lane_bits),
    subgroupShuffleXor(value.rest, lane_bits),
  );
}
