// Every pass reads the row again from memory (or, for rows of a few thousand
// elements, from the cache). Any length. Where an invocation walks alone, a turn
// of a loop takes four quads: on SwiftShader it costs as much as half a load.

fn scan(first: u32, last: u32) {
  clear_peak();
  let whole = min(last, whole_quads());
  let step = lanes();
  var quad = first + lane;
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
    see(end_x(quad));
  }
}

// A lane's terms are added in chains of 8 quads, those in blocks of 8 chains:
// equal terms round the same way every time, and long chains of them drift.
fn accumulate(first: u32, last: u32) {
  clear_sums();
  let whole = min(last, whole_quads());
  let step = lanes();
  var taken = 0u;
  var quad = first + lane;
  for (; ALONE && quad + 3u * step < whole; quad += 4u * step) {
    take(quad);
    take(quad + step);
    take(quad + 2u * step);
    take(quad + 3u * step);
    taken += 4u;
    close_full(taken);
  }
  for (; quad < whole; quad += step) {
    take(quad);
    taken++;
    close_full(taken);
  }
  if (RAGGED && quad < last) {
    let x = end_x(quad);
    let kept = keep(x);
    join(quad, x, kept, load_end_v(quad));
    set_end_aside(quad, kept);
  }
  close_chain();
  close_block();
}

fn close_full(taken: u32) {
  if (taken % 8u == 0u) {
    close_chain();
  }
  if (taken % 64u == 0u) {
    close_block();
  }
}

fn take(quad: u32) {
  let x = element_x(quad);
  let kept = keep(x);
  join(quad, x, kept, load_v(quad));
  set_aside(quad, kept);
}
