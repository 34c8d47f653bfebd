// provides: Sum, one, plus, zero_where, ratio
// requires: RowF32, RowBool
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
