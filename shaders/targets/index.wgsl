// The class index of a row and what it asks for. Read as u32, so a negative
// index is out of range too.

var<private> target_index: u32;

fn read_target(row: u32) {
  target_index = value_class_index(row);
  row_state = KEPT;
  if (is_ignored(target_index)) {
    row_state = IGNORED;
  } else if (target_index >= params.length) {
    row_state = INVALID;
  }
}

fn is_ignored(index: u32) -> bool {
  return params.has_ignore != 0u && index == params.ignore_index;
}
