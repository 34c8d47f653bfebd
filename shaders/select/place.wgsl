// Where a row's result is: the axis, `picks` long now, is where it was.

fn place_of(row: u32, pick: u32) -> u32 {
  return ((row / params.spread) * params.picks + pick) * params.spread + row % params.spread;
}
