fn write_row(row: u32) {}
