// provides: run
// requires: place_of, bits_of, NAN
//
// Last dispatch of `cutoff`, one invocation per row: how many elements are kept, and the
// smallest of them.

fn run(row: u32) {
  let cut = cuts[row];
  let place = place_of(row, 0u);
  indices_out[params.offset_indices_out + place] = cut.kept;
  values_out[params.offset_values_out + place] = select(bits_of(cut.least), NAN, cut.kept == 0u);
}
