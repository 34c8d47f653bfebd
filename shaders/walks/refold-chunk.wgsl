// A chunk's exponentials were taken below its own maximum.

fn refold(partial_index: u32) {
  fold(partials[partial_index].peak[0]);
}
