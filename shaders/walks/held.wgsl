// provides: scan, accumulate, emit
// requires: whole_quads, tail_x, element_x, load_tail_v, load_v, clear_max, lane, lanes,
//   update_max, clear_sums, open_sums, map_quad, add_quad, close_chain, close_span, end_sums,
//   store_tail_y, output_quad, store_y
//
// Each lane holds its quads in registers, so the row is read once. Trip counts are
// constant so that loops unroll. STEPS is at most 16: a lane's terms form one span.

var<private> held_x: array<vec4<u32>, STEPS>;
var<private> held_v: array<vec4<u32>, STEPS>;

fn hold_x(step: u32, quad: u32) {
  if (HAS_TAIL && quad >= whole_quads()) {
    held_x[step] = tail_x(quad);
  } else {
    held_x[step] = element_x(quad);
  }
}

fn hold_v(step: u32, quad: u32) {
  if (HAS_TAIL && quad >= whole_quads()) {
    held_v[step] = load_tail_v(quad);
  } else {
    held_v[step] = load_v(quad);
  }
}

fn scan(first: u32, last: u32) {
  clear_max();
  for (var step = 0u; step < STEPS; step++) {
    let quad = lane + step * lanes + first;
    if (quad < last) {
      hold_x(step, quad);
      update_max(held_x[step]);
    }
  }
}

fn accumulate(first: u32, last: u32) {
  clear_sums();
  open_sums(first, last);
  for (var step = 0u; step < STEPS; step++) {
    let quad = lane + step * lanes + first;
    if (quad < last) {
      if (!HAS_MAX) {
        hold_x(step, quad);
      }
      if (READS_V) {
        hold_v(step, quad);
      }
      let mapped = map_quad(held_x[step], false);
      add_quad(quad, held_x[step], mapped, held_v[step], false);
      held_x[step] = mapped;
    }
    if (MANY_CHAINS && step % 8u == 7u) {
      close_chain(true);
    }
  }
  close_chain(true);
  close_span(true);
  end_sums();
}

fn emit(first: u32, last: u32) {
  for (var step = 0u; step < STEPS; step++) {
    let quad = lane + step * lanes + first;
    if (quad < last) {
      if (HAS_TAIL && quad >= whole_quads()) {
        store_tail_y(quad, output_quad(quad, held_x[step], held_v[step], false));
      } else {
        store_y(quad, output_quad(quad, held_x[step], held_v[step], false));
      }
    }
  }
}
