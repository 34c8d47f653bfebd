// What is kept of a chunk, and in the end of a row, between dispatches.
struct Partial {
  peak: vec2<f32>,
  sums: Sums,
}
