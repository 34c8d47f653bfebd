// provides: scan, accumulate, emit
// requires: whole_quads, end_x, element_x, load_end_v, load_v, clear_peak, lane, lanes, see,
//   clear_sums, open_sums, keep, join, close_chain, close_block, end_sums, store_end_y, result,
//   store_y
//
// Each lane holds its quads of the row in registers, so the row is read once. The trip
// counts are constants, so that the compiler can unroll the loops and keep the arrays in
// registers. STEPS is at most 16, so a lane's terms form one block.

var<private> held_x: array<vec4<u32>, STEPS>;
var<private> held_v: array<vec4<u32>, STEPS>;

fn hold_x(step: u32, quad: u32) {
  if (RAGGED && quad >= whole_quads()) {
    held_x[step] = end_x(quad);
  } else {
    held_x[step] = element_x(quad);
  }
}

fn hold_v(step: u32, quad: u32) {
  if (RAGGED && quad >= whole_quads()) {
    held_v[step] = load_end_v(quad);
  } else {
    held_v[step] = load_v(quad);
  }
}

fn scan(first: u32, last: u32) {
  clear_peak();
  for (var step = 0u; step < STEPS; step++) {
    let quad = lane + step * lanes + first;
    if (quad < last) {
      hold_x(step, quad);
      see(held_x[step]);
    }
  }
}

fn accumulate(first: u32, last: u32) {
  clear_sums();
  open_sums(first, last);
  for (var step = 0u; step < STEPS; step++) {
    let quad = lane + step * lanes + first;
    if (quad < last) {
      if (!HAS_PEAK) {
        hold_x(step, quad);
      }
      if (READS_V) {
        hold_v(step, quad);
      }
      let kept = keep(held_x[step], false);
      join(quad, held_x[step], kept, held_v[step], false);
      held_x[step] = kept;
    }
    if (MANY_STEPS && step % 8u == 7u) {
      close_chain(true);
    }
  }
  close_chain(true);
  close_block(true);
  end_sums();
}

fn emit(first: u32, last: u32) {
  for (var step = 0u; step < STEPS; step++) {
    let quad = lane + step * lanes + first;
    if (quad < last) {
      if (RAGGED && quad >= whole_quads()) {
        store_end_y(quad, result(quad, held_x[step], held_v[step], false));
      } else {
        store_y(quad, result(quad, held_x[step], held_v[step], false));
      }
    }
  }
}
