// provides: partial_of
// requires: RowF32x2, RowF32, Sums, peak, lowest_seen
//
// The partial result of a chunk, and after the merge of a row, stored between dispatches.
// For operations with a maximum it includes the chunk's lowest logit, by which the last
// dispatch decides whether the chunk needs guards.

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
