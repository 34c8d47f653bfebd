// provides: scan, accumulate, emit
// requires: whole_quads, tail_x, element_x, load_tail_v, load_v, clear_max, lane, lanes,
//   update_max, clear_sums, open_sums, map_quad, add_quad, close_chain, close_span, end_sums,
//   store_tail_y, output_quad, store_y
//
// Each lane holds its quads in registers, so the row is read once. Trip counts are
// constant so that loops unroll. QUADS_PER_LANE is at most 16: a lane's terms form one span.

var<private> held_x: array<vec4<u32>, QUADS_PER_LANE>;
var<private> held_v: array<vec4<u32>, QUADS_PER_LANE>;

fn hold_x(i: u32, quad: u32) {
  if (HAS_TAIL && quad >= whole_quads()) {
    held_x[i] = tail_x(quad);
  } else {
    held_x[i] = element_x(quad);
  }
}

fn hold_v(i: u32, quad: u32) {
  if (HAS_TAIL && quad >= whole_quads()) {
    held_v[i] = load_tail_v(quad);
  } else {
    held_v[i] = load_v(quad);
  }
}

fn scan(first: u32, last: u32) {
  clear_max();
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes + first;
    if (quad < last) {
      hold_x(i, quad);
      update_max(held_x[i]);
    }
  }
}

fn accumulate(first: u32, last: u32) {
  clear_sums();
  open_sums(first, last);
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes + first;
    if (quad < last) {
      if (!HAS_MAX) {
        hold_x(i, quad);
      }
      if (READS_V) {
        hold_v(i, quad);
      }
      let mapped = map_quad(held_x[i], false);
      add_quad(quad, held_x[i], mapped, held_v[i], false);
      held_x[i] = mapped;
    }
    if (MANY_CHAINS && i % 8u == 7u) {
      close_chain(true);
    }
  }
  close_chain(true);
  close_span(true);
  end_sums();
}

fn emit(first: u32, last: u32) {
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes + first;
    if (quad < last) {
      if (HAS_TAIL && quad >= whole_quads()) {
        store_tail_y(quad, output_quad(quad, held_x[i], held_v[i], false));
      } else {
        store_y(quad, output_quad(quad, held_x[i], held_v[i], false));
      }
    }
  }
}
