// provides: scan, accumulate, take, emit
// requires: clear_peak, whole_quads, lanes, lane, see, element_x, end_x, rest, clear_sums,
//   open_sums, is_plain, keep, join, load_end_v, store_end_y, close_chain, close_block,
//   end_sums, load_v, store_y, finite_rows, result, load_y, load_end_y
//
// Every pass reads the row again from memory (or, for rows of a few thousand elements,
// from the cache), so rows may have any length. With ALONE, loops are unrolled by four
// quads, because an iteration costs half a load on SwiftShader; loops with guards are
// unrolled by two. With PLAIN, rows that need no guards take the loops without them.
// IN_PAIRS unrolls these by two as well: four quads' code would not fit the instruction
// cache.
//
// With STORED, the exponentials that are summed are also stored in the output buffer: one
// exp per element, for one more store and load. That pays where arithmetic is the
// bottleneck, as on CPU-backed adapters. Elsewhere they are recomputed when the row is
// written.

fn scan(first: u32, last: u32) {
  clear_peak();
  let whole = min(last, whole_quads());
  let step = lanes;
  var quad = lane + first;
  for (; ALONE && quad + 3u * step < whole; quad += 4u * step) {
    see(element_x(quad));
    see(element_x(quad + step));
    see(element_x(quad + 2u * step));
    see(element_x(quad + 3u * step));
  }
  for (; quad < whole; quad += step) {
    see(element_x(quad));
  }
  if (RAGGED && quad < last) {
    // Padding is excluded: it would defeat the loops without guards.
    let x = end_x(quad);
    see(select(x, vec4<u32>(x.x), vec4<u32>(0u, 1u, 2u, 3u) >= vec4<u32>(rest())));
  }
}

// A lane's terms are summed in chains of 8 quads, and chains in blocks of 8: equal terms
// round the same way each time, so long chains of them drift.
fn accumulate(first: u32, last: u32) {
  clear_sums();
  open_sums(first, last);
  let whole = min(last, whole_quads());
  let step = lanes;
  var taken = 0u;
  var quad = lane + first;
  var plain_end = whole;
  if (PLAIN && !is_plain()) {
    plain_end = 0u;
  }
  for (; ALONE && IN_PAIRS && quad + step < plain_end; quad += 2u * step) {
    take(quad, PLAIN);
    take(quad + step, PLAIN);
    taken += 2u;
    close_full(taken);
  }
  for (; ALONE && !IN_PAIRS && quad + 3u * step < plain_end; quad += 4u * step) {
    take(quad, PLAIN);
    take(quad + step, PLAIN);
    take(quad + 2u * step, PLAIN);
    take(quad + 3u * step, PLAIN);
    taken += 4u;
    close_full(taken);
  }
  for (; PLAIN && quad + step < whole; quad += 2u * step) {
    take(quad, false);
    take(quad + step, false);
    taken += 2u;
    close_full(taken);
  }
  for (; quad < whole; quad += step) {
    take(quad, false);
    taken++;
    close_full(taken);
  }
  if (RAGGED && quad < last) {
    let x = end_x(quad);
    let kept = keep(x, false);
    join(quad, x, kept, load_end_v(quad), false);
    if (STORED) {
      store_end_y(quad, kept);
    }
  }
  close_chain(true);
  close_block(true);
  end_sums();
}

fn close_full(taken: u32) {
  close_chain(taken % 8u == 0u);
  close_block(taken % 64u == 0u);
}

fn take(quad: u32, plain: bool) {
  let x = element_x(quad);
  let kept = keep(x, plain);
  join(quad, x, kept, load_v(quad), plain);
  if (STORED) {
    store_y(quad, kept);
  }
}

// Writes the row, by the same loops.
fn emit(first: u32, last: u32) {
  let whole = min(last, whole_quads());
  let step = lanes;
  var quad = lane + first;
  var plain_end = whole;
  if (PLAIN && !writes_plain()) {
    plain_end = 0u;
  }
  for (; ALONE && IN_PAIRS && quad + step < plain_end; quad += 2u * step) {
    write(quad, PLAIN);
    write(quad + step, PLAIN);
  }
  for (; ALONE && !IN_PAIRS && quad + 3u * step < plain_end; quad += 4u * step) {
    write(quad, PLAIN);
    write(quad + step, PLAIN);
    write(quad + 2u * step, PLAIN);
    write(quad + 3u * step, PLAIN);
  }
  for (; PLAIN && quad + step < whole; quad += 2u * step) {
    write(quad, false);
    write(quad + step, false);
  }
  for (; quad < whole; quad += step) {
    write(quad, false);
  }
  if (RAGGED && quad < last) {
    write_end(quad);
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
    store_y(quad, result(quad, load_y(quad), load_v(quad), plain));
  } else {
    store_y(quad, result(quad, keep(element_x(quad), plain), load_v(quad), plain));
  }
}

fn write_end(quad: u32) {
  if (STORED) {
    store_end_y(quad, result(quad, load_end_y(quad), load_end_v(quad), false));
  } else {
    store_end_y(quad, result(quad, keep(end_x(quad), false), load_end_v(quad), false));
  }
}
