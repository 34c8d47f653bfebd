// An invocation that works alone has nobody to wait for.

fn again() {}
