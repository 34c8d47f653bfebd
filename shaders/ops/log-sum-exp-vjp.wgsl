// dx = s·y·dLse, y = exp(t) / Σ exp(t), t = s·(x − max), with one dLse a row.

var<private> gradient: RowF32;

fn settle(row: u32) {
  settle_shares();
  let bits = value_dlse(row);
  gradient = finite_row(bits);
  fill = select(fill, RowU32(NAN), is_special_row(bits));
  special |= is_special_row(bits);
}

// A plain row of logits may have a gradient that is not finite.
fn result(quad: u32, kept: vec4<u32>, v: vec4<u32>, plain: bool) -> vec4<u32> {
  let dx = params.scale * (shares(kept) * gradient);
  return select(bitcast<vec4<u32>>(dx), vec4<u32>(fill), special);
}
