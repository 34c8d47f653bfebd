// provides: scan, accumulate, take, emit
// requires: clear_max, whole_quads, update_max, element_x, tail_x, tail_length, clear_sums,
//   open_sums, is_plain, map_quad, add_quad, load_tail_v, store_tail_y, close_chain,
//   close_span, end_sums, load_v, store_y, lanes, lane, finite_rows, output_quad, load_y,
//   load_tail_y
//
// Every pass reads the row again from memory (or, for rows of a few thousand elements,
// from the cache), so rows may have any length. An invocation alone scans and accumulates; lanes
// may share what is written. Alone, loops are unrolled by four quads, because an iteration costs
// half a load on SwiftShader; loops with guards are unrolled by two. With PLAIN, rows that need no
// guards take the loops without them.
// UNROLL_BY_TWO unrolls these by two as well: four quads' code would not fit the instruction
// cache.
//
// With STORED, the exponentials that are summed are also stored in the output buffer: one
// exp per element, for one more store and load. That pays where arithmetic is the
// bottleneck, as on CPU-backed adapters. Elsewhere they are recomputed when the row is
// written.

fn scan(first: u32, last: u32) {
  clear_max();
  let whole = min(last, whole_quads());
  var quad = first;
  for (; quad + 3u < whole; quad += 4u) {
    update_max(element_x(quad));
    update_max(element_x(quad + 1u));
    update_max(element_x(quad + 2u));
    update_max(element_x(quad + 3u));
  }
  for (; quad < whole; quad++) {
    update_max(element_x(quad));
  }
  if (HAS_TAIL && quad < last) {
    // Padding is excluded: it would defeat the loops without guards.
    let x = tail_x(quad);
    update_max(select(x, vec4<u32>(x.x), vec4<u32>(0u, 1u, 2u, 3u) >= vec4<u32>(tail_length())));
  }
}

// A lane's terms are summed in chains of 8 quads, and chains in spans of 8: equal terms
// round the same way each time, so long chains of them drift.
fn accumulate(first: u32, last: u32) {
  clear_sums();
  open_sums(first, last);
  let whole = min(last, whole_quads());
  var quad = first;
  var plain_end = whole;
  if (PLAIN && !is_plain()) {
    plain_end = 0u;
  }
  for (; UNROLL_BY_TWO && quad + 1u < plain_end; quad += 2u) {
    take(quad, PLAIN);
    take(quad + 1u, PLAIN);
    close_full(quad + 2u);
  }
  for (; !UNROLL_BY_TWO && quad + 3u < plain_end; quad += 4u) {
    take(quad, PLAIN);
    take(quad + 1u, PLAIN);
    take(quad + 2u, PLAIN);
    take(quad + 3u, PLAIN);
    close_full(quad + 4u);
  }
  for (; PLAIN && quad + 1u < whole; quad += 2u) {
    take(quad, false);
    take(quad + 1u, false);
    close_full(quad + 2u);
  }
  for (; quad < whole; quad++) {
    take(quad, false);
    close_full(quad + 1u);
  }
  if (HAS_TAIL && quad < last) {
    let x = tail_x(quad);
    let mapped = map_quad(x, false);
    add_quad(quad, x, mapped, load_tail_v(quad), false);
    if (STORED) {
      store_tail_y(quad, mapped);
    }
  }
  close_chain(true);
  close_span(true);
  end_sums();
}

// A chunk begins at a multiple of 64 quads.
fn close_full(end: u32) {
  close_chain(end % 8u == 0u);
  close_span(end % 64u == 0u);
}

fn take(quad: u32, plain: bool) {
  let x = element_x(quad);
  let mapped = map_quad(x, plain);
  add_quad(quad, x, mapped, load_v(quad), plain);
  if (STORED) {
    store_y(quad, mapped);
  }
}

// Writes the row, by the same loops.
fn emit(first: u32, last: u32) {
  let whole = min(last, whole_quads());
  let stride = lanes;
  var quad = lane + first;
  var plain_end = whole;
  if (PLAIN && !writes_plain()) {
    plain_end = 0u;
  }
  for (; SINGLE_LANE && UNROLL_BY_TWO && quad + stride < plain_end; quad += 2u * stride) {
    write(quad, PLAIN);
    write(quad + stride, PLAIN);
  }
  for (; SINGLE_LANE && !UNROLL_BY_TWO && quad + 3u * stride < plain_end; quad += 4u * stride) {
    write(quad, PLAIN);
    write(quad + stride, PLAIN);
    write(quad + 2u * stride, PLAIN);
    write(quad + 3u * stride, PLAIN);
  }
  for (; PLAIN && quad + stride < whole; quad += 2u * stride) {
    write(quad, false);
    write(quad + stride, false);
  }
  for (; quad < whole; quad += stride) {
    write(quad, false);
  }
  if (HAS_TAIL && quad < last) {
    write_tail(quad);
  }
}

// Stored exponentials have already passed the guards; only the rows' kind is left.
fn writes_plain() -> bool {
  if (STORED) {
    return finite_rows();
  } else {
    return is_plain();
  }
}

fn write(quad: u32, plain: bool) {
  if (STORED) {
    store_y(quad, output_quad(quad, load_y(quad), load_v(quad), plain));
  } else {
    store_y(quad, output_quad(quad, map_quad(element_x(quad), plain), load_v(quad), plain));
  }
}

fn write_tail(quad: u32) {
  if (STORED) {
    store_tail_y(quad, output_quad(quad, load_tail_y(quad), load_tail_v(quad), false));
  } else {
    store_tail_y(quad, output_quad(quad, map_quad(tail_x(quad), false), load_tail_v(quad), false));
  }
}
