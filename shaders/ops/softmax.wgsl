// y = exp(t) / Σ exp(t), t = s·(x − max).

fn settle(row: u32) {
  settle_shares();
}

fn result(quad: u32, kept: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  let y = bitcast<vec4<u32>>(shares(kept));
  if (PLAIN && plain) {
    return y;
  }
  return select(y, vec4<u32>(fill), special);
}
