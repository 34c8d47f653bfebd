// provides: take
// requires: counts
//
// A token of a row is counted, or with PROMPT marked in bit 31. Tokens that no row has, those
// below 0 among them, do not count.

fn take(e: u32) {
  let token = tokens[params.offset_tokens + e];
  if (token >= params.length) {
    return;
  }
  let place = params.offset_counts + e / params.each * params.length + token;
  if (PROMPT) {
    atomicOr(&counts[place], 0x80000000u);
  } else {
    atomicAdd(&counts[place], params.by);
  }
}
