// What is kept of a chunk, and in the end of a row, between dispatches.
struct Partial {
  peak: RowF32x2,
  sums: Sums,
}

fn partial_of(sums: Sums) -> Partial {
  return Partial(peak, sums);
}
