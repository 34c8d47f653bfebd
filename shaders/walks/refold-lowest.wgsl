// Exponentials are taken again; whether they need guards, the chunk's lowest logit
// tells.

fn refold(partial_index: u32) {
  see_again(partials[partial_index].lowest);
}
