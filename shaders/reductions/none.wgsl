// An op that maps each element and sums nothing.

alias Sums = f32;

var<private> sums: Sums;

fn clear_sums() {}

fn join(quad: u32, x: vec4<u32>, v: vec4<u32>) {}

fn close_chain() {}

fn close_block() {}

fn rescaled(part: Sums, part_peak: f32) -> Sums {
  return part;
}
