// provides: Sums, Terms, terms_if, add_span, add_exps
// requires: RowF32x4, only_if, sums, sum_of, chain
//
// A row has four sums, of four terms an element.

alias Sums = RowF32x4;
alias Terms = mat4x4<f32>;

fn terms_if(wanted: bool, terms: Terms) -> Terms {
  return Terms(
    only_if(wanted, terms[0]),
    only_if(wanted, terms[1]),
    only_if(wanted, terms[2]),
    only_if(wanted, terms[3]),
  );
}

fn add_span(terms: Terms) {
  sums += Sums(sum_of(terms[0]), sum_of(terms[1]), sum_of(terms[2]), sum_of(terms[3]));
}

fn add_exps(e: vec4<f32>) {
  chain[0] += e;
}
