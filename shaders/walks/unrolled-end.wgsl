// The last quad of a short row, where the row ends inside it.

var<private> x_STEP: vec4<u32>;
var<private> v_STEP: vec4<u32>;

fn read_STEP() {
  x_STEP = end_x(STEP);
}

fn take_STEP() {
  v_STEP = load_end_v(STEP);
  let kept = keep(x_STEP, false);
  join(STEP, x_STEP, kept, v_STEP, false);
  x_STEP = kept;
}
