// provides: take
//
// The i32 nearest to a 64-bit integer stored low word first.

fn take(e: u32) {
  let low = x[params.offset_x + 2u * e];
  let high = x[params.offset_x + 2u * e + 1u];
  // It fits if the high word is the sign extension of the low one.
  let fits = high == bitcast<u32>(bitcast<i32>(low) >> 31u);
  y[params.offset_y + e] = select(0x7fffffffu + (high >> 31u), low, fits);
}
