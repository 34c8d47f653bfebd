// provides: class_weights_at, class_weights, norm_factor, upstream_of, target_index,
//   read_target
// requires: indices, RowU32, value_loss_grad, value_class_index, row_state, KEPT, INVALID,
//   IGNORED, RowBool
//
// A loss's inputs besides the logits: the target's index, class weights, the reduction's
// factors, the upstream gradient.

// One weight per class, as bits; 0 past the last class. Without weights each is 1.
fn class_weight(k: u32) -> u32 {
  return weights[params.offset_weights + min(k, params.classes - 1u)];
}

fn class_weights_at(k: vec4<u32>) -> vec4<u32> {
  if (READS_WEIGHTS) {
    let bits = vec4<u32>(class_weight(k.x), class_weight(k.y), class_weight(k.z), class_weight(k.w));
    return select(vec4<u32>(), bits, k < vec4<u32>(params.classes));
  } else {
    return vec4<u32>(0x3f800000u);
  }
}

fn class_weights(quad: u32) -> vec4<u32> {
  return class_weights_at(indices(quad));
}

// The reduction's factors f and f_z, the same for all rows: computed by an earlier
// kernel or on the host.
fn norm_factor(which: u32) -> RowU32 {
  if (READS_NORM) {
    return RowU32(norm[params.offset_norm + which]);
  } else {
    return RowU32(select(params.row_factor, params.z_factor, which == 1u));
  }
}

// One number for all rows, or one per row.
fn upstream_of(row: u32) -> RowU32 {
  if (READS_LOSS_GRAD) {
    return value_loss_grad(row);
  } else {
    return RowU32(params.loss_grad);
  }
}

// A row's class index and the state that follows from it. It is read as u32, so a
// negative index is out of range too.

var<private> target_index: RowU32;

fn read_target(row: u32) {
  target_index = value_class_index(row);
  let invalid = target_index >= RowU32(params.length);
  row_state = select(RowU32(KEPT), RowU32(INVALID), invalid);
  row_state = select(row_state, RowU32(IGNORED), is_ignored(target_index));
}

fn is_ignored(index: RowU32) -> RowBool {
  return (RowU32(params.has_ignore) != RowU32()) & (index == RowU32(params.ignore_index));
}
