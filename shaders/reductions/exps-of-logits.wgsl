// A row's terms are its exponentials, and what is kept of an element is the
// element: the operation writes none of them, or takes its difference again.

fn keep(x: vec4<u32>, plain: bool) -> vec4<u32> {
  return x;
}

fn join(quad: u32, x: vec4<u32>, kept: vec4<u32>, v: vec4<u32>, plain: bool) {
  add_exps(exp_of_logit(x, plain));
}
