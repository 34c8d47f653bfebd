// What is drawn is an element of the row itself.

fn index_of(row: u32, place: u32) -> u32 {
  return place;
}
