// Writes a quad of a short row from its registers.

fn write_STEP() {
  store_y(STEP, result(STEP, x_STEP, v_STEP, false));
}
