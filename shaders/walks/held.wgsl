// provides: scan, accumulate, emit
// requires: lane, lanes, padded_x, load_padded_v, clear_max, update_max, clear_sums, open_sums,
//   map_quad, add_quad, close_chain, close_span, end_sums, whole_quads, store_tail_y,
//   output_quad, store_y
//
// Each lane holds its quads, at most 16, in registers. All loads come first and none is
// behind a branch: a lane waits for memory once. Trip counts are constant so that loops unroll.

var<private> held_x: array<vec4<u32>, QUADS_PER_LANE>;
var<private> held_v: array<vec4<u32>, QUADS_PER_LANE>;

fn scan(first: u32, last: u32) {
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes + first;
    held_x[i] = padded_x(quad, last);
    if (READS_V) {
      held_v[i] = load_padded_v(quad, last);
    }
  }
  clear_max();
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    update_max(held_x[i]);
  }
}

fn accumulate(first: u32, last: u32) {
  for (var i = 0u; !HAS_MAX && i < QUADS_PER_LANE; i++) {
    let quad = lane + i * lanes + first;
    held_x[i] = padded_x(quad, last);
    if (READS_V) {
      held_v[i] = load_padded_v(quad, last);
    }
  }
  clear_sums();
  open_sums(first, last);
  for (var i = 0u; i < QUADS_PER_LANE; i++) {
    let mapped = map_quad(held_x[i], false);
    add_quad(lane + i * lanes + first, held_x[i], mapped, held_v[i], false);
    held_x[i] = mapped;
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
