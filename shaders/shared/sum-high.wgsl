// A row's sum of exponentials is two f32s, whose exact sum it is: the second is
// no more than a rounding of the first.
//
// What a compiler must not reassociate (WGSL lets it) goes through `opaque`: an
// XOR with a uniform that is always 0. The self-test of `src/self-test/high.ts`
// finds compilers that see through it.

alias Sum = RowF32x2;

fn opaque(x: RowF32) -> RowF32 {
  return bitcast<RowF32>(bitcast<RowU32>(x) ^ RowU32(params.opaque_zero));
}

fn opaque_quad(x: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) ^ vec4<u32>(params.opaque_zero));
}

// a + b exactly, for |a| >= |b|.
fn two_sum_ordered(a: RowF32, b: RowF32) -> Sum {
  let sum = opaque(a + b);
  return Sum(sum, b - opaque(sum - a));
}

// a + b exactly.
fn two_sum(a: RowF32, b: RowF32) -> Sum {
  let sum = opaque(a + b);
  let of_b = opaque(sum - a);
  let of_a = opaque(sum - of_b);
  return Sum(sum, opaque(a - of_a) + opaque(b - of_b));
}

// Its first 12 significant bits: the product of two such is exact.
fn head(x: RowF32) -> RowF32 {
  return bitcast<RowF32>(bitcast<RowU32>(x) & RowU32(0xfffff000u));
}

// a·b to about 36 bits: the product of the heads, exactly, and the rest.
fn two_product(a: RowF32, b: RowF32) -> Sum {
  let a_tail = opaque(a - head(a));
  let b_tail = opaque(b - head(b));
  return Sum(head(a) * head(b), (head(a) * b_tail + a_tail * head(b)) + a_tail * b_tail);
}

fn one() -> Sum {
  return Sum(RowF32(1.0), RowF32());
}

fn plus(a: Sum, b: Sum) -> Sum {
  let sum = two_sum(a[0], b[0]);
  return two_sum_ordered(sum[0], sum[1] + (a[1] + b[1]));
}

fn times(a: Sum, b: Sum) -> Sum {
  let product = two_product(a[0], b[0]);
  return two_sum_ordered(product[0], product[1] + (a[0] * b[1] + a[1] * b[0]));
}

fn zero_where(condition: RowBool, sum: Sum) -> Sum {
  return Sum(select(sum[0], RowF32(), condition), select(sum[1], RowF32(), condition));
}

// a / b, rounded once: the quotient of the first parts and a step of Newton's.
fn ratio(a: Sum, b: Sum) -> RowF32 {
  let inverse = 1.0 / b[0];
  let quotient = opaque(a[0] * inverse);
  let product = two_product(quotient, b[0]);
  let rest = (opaque(a[0] - product[0]) - product[1]) + (a[1] - quotient * b[1]);
  return quotient + rest * inverse;
}

// Of a row's whole sum: the maximum's term alone is 1. Where the others are
// little beside it the logarithm is of the others, to relative precision.
fn log_of(sum: Sum) -> RowF32 {
  let others = max(opaque(sum[0] - 1.0) + sum[1], RowF32());
  let near_1 = twice_atanh(others / (2.0 + others));
  let first = max(sum[0], RowF32(1.0));
  return select(log_accurate(first) + sum[1] / first, near_1, others < RowF32(0.41));
}

fn log1p_of(sum: Sum) -> RowF32 {
  return log1p_accurate(sum[0]);
}
