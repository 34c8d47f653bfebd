// provides: Sum, one, ratio
// requires: RowF32
//
// A row's sum of exponentials as one f32. `shared/high.wgsl` defines the same names for
// a sum in two parts.

alias Sum = RowF32;

fn one() -> Sum {
  return RowF32(1.0);
}

fn ratio(a: Sum, b: Sum) -> RowF32 {
  return a / b;
}
