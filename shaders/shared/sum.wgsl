// provides: Sum, one, plus, zero_where, ratio, log_of, log1p_of
// requires: RowF32, RowBool, log_accurate, log1p_accurate
//
// A row's sum of exponentials is one f32. `shared/sum-high.wgsl` defines the same
// names for one of two.

alias Sum = RowF32;

fn one() -> Sum {
  return RowF32(1.0);
}

fn plus(a: Sum, b: Sum) -> Sum {
  return a + b;
}

fn zero_where(condition: RowBool, sum: Sum) -> Sum {
  return select(sum, RowF32(), condition);
}

fn ratio(a: Sum, b: Sum) -> RowF32 {
  return a / b;
}

// Of a row's whole sum: the maximum's term alone is 1.
fn log_of(sum: Sum) -> RowF32 {
  return log_accurate(max(sum, RowF32(1.0)));
}

fn log1p_of(sum: Sum) -> RowF32 {
  return log1p_accurate(sum);
}
