// A quad of a short row, in registers of its own. The composer instantiates this
// file for each quad by renaming `STEP`, and calls them one after the other:
// straight-line code, and the row is read once.

var<private> x_STEP: vec4<u32>;
var<private> v_STEP: vec4<u32>;

fn read_STEP() {
  x_STEP = element_x(STEP);
}

fn take_STEP() {
  v_STEP = load_v(STEP);
  let kept = keep(x_STEP, false);
  join(STEP, x_STEP, kept, v_STEP, false);
  x_STEP = kept;
}
