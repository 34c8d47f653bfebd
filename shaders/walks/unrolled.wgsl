// provides: read_STEP, take_STEP, write_STEP
// requires: end_x, element_x, load_end_v, load_v, keep, join, store_end_y, result, store_y
//
// One quad of a short row, in its own registers. The composer instantiates this file for
// each quad and calls the instances in order: straight-line code that reads the row once.
// The row ends inside the quad with ENDS.

var<private> x_STEP: vec4<u32>;
var<private> v_STEP: vec4<u32>;

fn read_STEP() {
  if (ENDS) {
    x_STEP = end_x(STEP);
  } else {
    x_STEP = element_x(STEP);
  }
}

fn take_STEP() {
  if (READS_V) {
    if (ENDS) {
      v_STEP = load_end_v(STEP);
    } else {
      v_STEP = load_v(STEP);
    }
  }
  let kept = keep(x_STEP, false);
  join(STEP, x_STEP, kept, v_STEP, false);
  x_STEP = kept;
}

fn write_STEP() {
  if (ENDS) {
    store_end_y(STEP, result(STEP, x_STEP, v_STEP, false));
  } else {
    store_y(STEP, result(STEP, x_STEP, v_STEP, false));
  }
}
