// provides: Sum, one, plus, zero_where, ratio, log_of, log1p_of
// requires: RowF32, RowBool, log_accurate, log1p_accurate
//
// A row's sum of exponentials as one f32. `shared/high.wgsl` defines the same names for
// a sum in two parts.

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

// The logarithm of a whole row's sum, which is at least 1: the maximum's term.
fn log_of(sum: Sum) -> RowF32 {
  return log_accurate(max(sum, RowF32(1.0)));
}

fn log1p_of(sum: Sum) -> RowF32 {
  return log1p_accurate(sum);
}
