// The class index of a row and what it asks for. Read as u32, so a negative
// index is out of range too.

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
