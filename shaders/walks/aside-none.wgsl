// What the sums were made of is worked out again when the row is written.

fn set_aside(quad: u32, kept: vec4<u32>) {}

fn set_end_aside(quad: u32, kept: vec4<u32>) {}
