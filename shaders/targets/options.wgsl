// Options of a loss: a weight a class, the reduction's factors, the upstream gradient.

// One weight a class, as bits; 0 past the last class. Without weights each is 1.
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

// The reduction's factors f and f_z, the same for all rows: worked out by a kernel
// before, or known to the host.
fn factor(which: u32) -> RowU32 {
  if (READS_NORM) {
    return RowU32(norm[params.offset_norm + which]);
  } else {
    return RowU32(select(params.row_factor, params.z_factor, which == 1u));
  }
}

// One number for all rows, unless each has its own.
fn upstream_of(row: u32) -> RowU32 {
  if (READS_LOSS_GRAD) {
    return value_loss_grad(row);
  } else {
    return RowU32(params.loss_grad);
  }
}
