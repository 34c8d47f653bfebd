// provides: penalized, count_of, flushed
// requires: is_special_row, counts, MAGNITUDE, FLT_MAX
//
// A logit with its penalties, by how often its token was seen: bit 31 of a count says that it
// is in the prompt, the others how often it was generated. What is infinite or NaN stays as
// it is, and finite results saturate at ±FLT_MAX.

fn penalized(bits: u32, seen: u32) -> u32 {
  if (PENALIZES) {
    if (seen == 0u || is_special_row(bits)) {
      return bits;
    }
    return flushed(bitcast<u32>(less(bitcast<f32>(flushed(bits)), seen & 0x7fffffffu)));
  } else {
    return bits;
  }
}

// How often the token of an element was seen.
fn count_of(element: u32) -> u32 {
  if (PENALIZES) {
    return counts[params.offset_counts + element];
  } else {
    return 0u;
  }
}

// Subnormals are 0: devices may flush them, and the order of logits is to be the same on all.
fn flushed(bits: u32) -> u32 {
  return select(bits, 0u, (bits & MAGNITUDE) < 0x00800000u);
}

fn less(z: f32, generated: u32) -> f32 {
  let presence = select(0.0, params.presence, generated > 0u);
  let penalty = params.frequency * f32(generated) + presence;
  if (params.additive_first != 0u) {
    return repeated(z - penalty);
  }
  return clamp(repeated(z) - penalty, -FLT_MAX, FLT_MAX);
}

// z / θ where z > 0, else z·θ, by a factor that is known: the same bits on every device.
fn repeated(z: f32) -> f32 {
  let factor = select(params.repetition, params.inverse_repetition, z > 0.0);
  let reach = select(FLT_MAX, params.repetition_reach, factor > 1.0);
  let product = clamp(z, -reach, reach) * factor;
  return select(product, clamp(z, -1.0, 1.0) * FLT_MAX, abs(z) > reach);
}
