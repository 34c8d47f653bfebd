// Before workgroup memory is used again, everybody has read it.

fn again() {
  workgroupBarrier();
}
