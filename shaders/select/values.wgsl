// A pick's value: the element itself, or where there are SUMS its probability, or
// the logarithm of that: what softmax and logSoftmax give there.

var<private> total: f32;

fn open_total(row: u32, top: i32) {
  if (SUMS) {
    set_top(top);
    if (params.blocks > 1u) {
      total = sum_of_chunks(row * params.chunk_stride);
    } else {
      total = sum_of_block(0u);
    }
  }
}

fn value_of(key: i32, top: i32) -> u32 {
  if (SUMS) {
    return probability_of(key, top);
  } else {
    return bits_of(key);
  }
}

fn probability_of(key: i32, top: i32) -> u32 {
  if (!is_finite(top)) {
    return select(NAN, params.empty_fill, top == NEG_INF_KEY);
  }
  let bits = vec4<u32>(bits_of(key));
  if (params.logarithm == 0u) {
    return bitcast<u32>(exp_below_peak(bits).x / total);
  }
  let t = below_peak(finite(bits).x, params.half_reach);
  return select(bitcast<u32>(t - log_of(total)), NEG_INF, bits.x == NEG_INF);
}
