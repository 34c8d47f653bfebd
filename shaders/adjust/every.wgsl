// provides: main
// requires: counts, penalized, count_of
//
// Every logit: an invocation copies eight quads of neighbours, a workgroup's size apart, and notes
// in a bit each which tokens were seen. It then goes through those, few as a rule, and penalizes
// them: a CPU-backed adapter takes both sides of a branch, so one for each logit would save nothing.

const QUADS = 8u;

var<private> seen: u32;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = (group.y * groups.x + group.x) * QUADS * WORKGROUP_SIZE + lane;
  let whole = params.count / 4u;
  let end = min(whole, first + QUADS * WORKGROUP_SIZE);
  seen = 0u;
  var quad = first;
  for (; quad + 3u * WORKGROUP_SIZE < end; quad += 4u * WORKGROUP_SIZE) {
    copy(4u * quad);
    copy(4u * (quad + WORKGROUP_SIZE));
    copy(4u * (quad + 2u * WORKGROUP_SIZE));
    copy(4u * (quad + 3u * WORKGROUP_SIZE));
  }
  for (; quad < end; quad += WORKGROUP_SIZE) {
    copy(4u * quad);
  }
  // The lowest four bits are of the last quad.
  for (; PENALIZES && seen != 0u;) {
    let bit = firstTrailingBit(seen);
    seen &= seen - 1u;
    let back = bit / 4u + 1u;
    penalize(4u * (quad - back * WORKGROUP_SIZE) + 3u - bit % 4u);
  }
  if (first + QUADS * WORKGROUP_SIZE > whole && lane == 0u) {
    for (var e = 4u * whole; e < params.count; e++) {
      penalize(e);
    }
  }
}

fn copy(e: u32) {
  let at = params.offset_x + e;
  let bits = vec4<u32>(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
  let to = params.offset_y + e;
  y[to] = bits.x;
  y[to + 1u] = bits.y;
  y[to + 2u] = bits.z;
  y[to + 3u] = bits.w;
  if (PENALIZES) {
    note(params.offset_counts + e);
  }
}

fn note(at: u32) {
  let are = vec4<u32>(counts[at], counts[at + 1u], counts[at + 2u], counts[at + 3u]) > vec4<u32>();
  let bits = select(vec4<u32>(), vec4<u32>(8u, 4u, 2u, 1u), are);
  seen = (seen << 4u) | bits.x | bits.y | bits.z | bits.w;
}

fn penalize(e: u32) {
  y[params.offset_y + e] = penalized(x[params.offset_x + e], count_of(e));
}
