// Each lane keeps its quads of the row in registers: the row is read once. The
// trip counts are constants, so that the compiler can unroll the loops and the
// arrays become registers. STEPS <= CHAIN², so a lane's terms are one block.

var<private> held_x: array<vec4<u32>, STEPS>;
var<private> held_v: array<vec4<u32>, STEPS>;

fn scan(first: u32, last: u32) {
  clear_peak();
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      held_x[step] = masked(load_x(quad), quad);
      see(held_x[step]);
    }
  }
}

fn accumulate(first: u32, last: u32) {
  clear_sums();
  for (var step = 0u; step < STEPS; step++) {
    let quad = first + lane + step * lanes();
    if (quad < last) {
      if (!HAS_PEAK) {
        held_x[step] = masked(load_x(quad), quad);
      }
      held_v[step] = load_v(quad);
      join(quad, held_x[step], held_v[step]);
    }
    if (step % CHAIN == CHAIN - 1u) {
      close_chain();
    }
  }
  close_chain();
  close_block();
}
