// provides: take
// requires: penalized
//
// Every logit, with its penalties if there are any.

fn take(e: u32) {
  y[params.offset_y + e] = penalized(x[params.offset_x + e], e);
}
