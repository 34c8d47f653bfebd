// provides: take
//
// An i32 as a 64-bit integer, stored low word first: the high word is the sign.

fn take(e: u32) {
  let low = x[params.offset_x + e];
  y[params.offset_y + 2u * e] = low;
  y[params.offset_y + 2u * e + 1u] = bitcast<u32>(bitcast<i32>(low) >> 31u);
}
