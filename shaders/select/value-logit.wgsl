// A pick's value is the element itself.

fn open_total(row: u32, top: i32) {}

fn value_of(key: i32, top: i32) -> u32 {
  return bits_of(key);
}
