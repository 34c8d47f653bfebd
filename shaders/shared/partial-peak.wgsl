// What is kept of a chunk, and in the end of a row, between dispatches, where they
// have a maximum. The lowest logit of a chunk tells the last one whether it is plain.
struct Partial {
  peak: RowF32x2,
  lowest: RowF32,
  sums: Sums,
}

fn partial_of(sums: Sums) -> Partial {
  return Partial(peak, lowest_seen(), sums);
}
