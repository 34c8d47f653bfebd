// provides: take_tile, rows_of_a, a_across
// requires: rounded_up, open_operands, part_end, open_tile, CHAIN, store, sums, a_along, a_step
//
// An invocation computes a tile in registers: the form for adapters where a barrier
// costs more than a load. The tile consists of 4 × 4 squares, each with its own code,
// composed after this file. A file `columns-…` loads the columns of B.

fn take_tile(tile: u32, part: u32) {
  // Adjacent invocations share columns of B.
  let tall = rounded_up((params.rows + TILE_ROWS - 1u) / TILE_ROWS);
  let i = tile % tall * TILE_ROWS;
  let j = tile / tall * TILE_COLUMNS;
  if (j >= params.columns) {
    return;
  }
  open_operands();
  let end = part_end(part);
  open_tile(i, j);
  for (var start = part * params.part_length; start < end; start += CHAIN) {
    clear_chains();
    let last = min(start + CHAIN, end);
    var l = start;
    for (; l + 4u <= last; l += 4u) {
      take_four(l);
    }
    for (; l < last; l++) {
      take_one(l);
    }
    close_chains();
  }
  // Not unrolled: this runs once per tile, and a square's stores are more code than all
  // its sums.
  for (var s = 0u; s < SQUARES; s++) {
    store(part, i + s / SQUARES_ACROSS * 4u, j + s % SQUARES_ACROSS * 4u, sums[s]);
  }
}

// Four depths of four rows, one row per column of the matrix.
fn rows_of_a(starts: vec4<u32>, l: u32) -> mat4x4<f32> {
  return mat4x4<f32>(
    a_along(starts.x, l), a_along(starts.y, l), a_along(starts.z, l), a_along(starts.w, l),
  );
}

// Four rows at one depth.
fn a_across(starts: vec4<u32>, l: u32) -> vec4<f32> {
  let at = starts + l * a_step;
  return vec4<f32>(a[at.x], a[at.y], a[at.z], a[at.w]);
}
