// provides: partial_of
// requires: RowF32x2, RowF32, Sums, row_max, row_kind, lane_min
//
// The partial result of a chunk, and after the merge of a row, stored between dispatches.
// For operations with a maximum it includes the chunk's lowest logit, by which the last
// dispatch decides whether the chunk needs guards.

if (HAS_MAX) {
  struct Partial {
    max_and_kind: RowF32x2,
    lowest: RowF32,
    sums: Sums,
  }

  fn partial_of(sums: Sums) -> Partial {
    return Partial(RowF32x2(row_max, row_kind), lane_min(), sums);
  }
} else {
  struct Partial {
    max_and_kind: RowF32x2,
    sums: Sums,
  }

  fn partial_of(sums: Sums) -> Partial {
    return Partial(RowF32x2(row_max, row_kind), sums);
  }
}
