// Exponentials are taken again, below the row's maximum.

fn refold(partial_index: u32) {}
