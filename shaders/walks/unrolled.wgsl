// provides: read_STEP, take_STEP, write_STEP
// requires: tail_x, element_x, load_tail_v, load_v, map_quad, add_quad, store_tail_y,
//   output_quad, store_y
//
// One quad of a short row, in its own registers. The composer instantiates this file for
// each quad and calls the instances in order: straight-line code that reads the row once.
// The row ends inside the quad with IS_TAIL.

var<private> x_STEP: vec4<u32>;
var<private> v_STEP: vec4<u32>;

fn read_STEP() {
  if (IS_TAIL) {
    x_STEP = tail_x(STEP);
  } else {
    x_STEP = element_x(STEP);
  }
}

fn take_STEP() {
  if (READS_V) {
    if (IS_TAIL) {
      v_STEP = load_tail_v(STEP);
    } else {
      v_STEP = load_v(STEP);
    }
  }
  let mapped = map_quad(x_STEP, false);
  add_quad(STEP, x_STEP, mapped, v_STEP, false);
  x_STEP = mapped;
}

fn write_STEP() {
  if (IS_TAIL) {
    store_tail_y(STEP, output_quad(STEP, x_STEP, v_STEP, false));
  } else {
    store_y(STEP, output_quad(STEP, x_STEP, v_STEP, false));
  }
}
