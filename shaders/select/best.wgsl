// provides: Best, Sums, nothing, merged, with_quad
// requires: EMPTY_KEY
//
// The best of a set of candidates: the largest key, ties to the lowest place. `next` is
// the largest key among the others.

struct Best {
  key: i32,
  place: u32,
  next: i32,
}

// The value that lanes combine.
alias Sums = Best;

fn nothing() -> Best {
  return Best(EMPTY_KEY, 0xffffffffu, EMPTY_KEY);
}

fn merged(a: Best, b: Best) -> Best {
  let a_first = a.key > b.key || (a.key == b.key && a.place < b.place);
  let next = max(max(a.next, b.next), min(a.key, b.key));
  return Best(max(a.key, b.key), select(b.place, a.place, a_first), next);
}

// Four adjacent candidates, from `place` on.
fn with_quad(best: Best, keys: vec4<i32>, place: u32) -> Best {
  let left = merged(Best(keys.x, place, EMPTY_KEY), Best(keys.y, place + 1u, EMPTY_KEY));
  let right = merged(Best(keys.z, place + 2u, EMPTY_KEY), Best(keys.w, place + 3u, EMPTY_KEY));
  return merged(best, merged(left, right));
}
