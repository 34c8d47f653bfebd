// provides: partial_of
// requires: RowF32x2, RowF32, Sums, peak, lowest_seen
//
// What is kept of a chunk, and in the end of a row, between dispatches. Where they
// have a maximum, the lowest logit of a chunk tells the last one whether it is plain.

if (HAS_PEAK) {
  struct Partial {
    peak: RowF32x2,
    lowest: RowF32,
    sums: Sums,
  }

  fn partial_of(sums: Sums) -> Partial {
    return Partial(peak, lowest_seen(), sums);
  }
} else {
  struct Partial {
    peak: RowF32x2,
    sums: Sums,
  }

  fn partial_of(sums: Sums) -> Partial {
    return Partial(peak, sums);
  }
}
