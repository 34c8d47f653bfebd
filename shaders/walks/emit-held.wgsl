// Writes the row from the registers that hold it.

fn emit(first: u32, last: u32) {
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      let bits = result(quad, held_x[step], held_v[step], false);
      if (RAGGED && quad >= whole_quads()) {
        store_end_y(quad, bits);
      } else {
        store_y(quad, bits);
      }
    }
  }
}
