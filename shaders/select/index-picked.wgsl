// What is drawn is one of a row's picks, whose indices are beside them.

fn index_of(row: u32, place: u32) -> u32 {
  return picked[params.offset_picked + row * params.length + place];
}
