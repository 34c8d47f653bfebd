// The operation's only results are one value a row.

fn emit(first: u32, last: u32) {}
