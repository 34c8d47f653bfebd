// Two groups' sums as one.

fn merged(a: Sums, b: Sums) -> Sums {
  return a + b;
}
