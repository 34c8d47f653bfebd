// Writes the last quad of a short row, where the row ends inside it.

fn write_STEP() {
  store_end_y(STEP, result(STEP, x_STEP, v_STEP, false));
}
