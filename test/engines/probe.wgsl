// What an adapter makes of two numbers, given and taken as bits.

@group(0) @binding(0) var<storage, read> operands: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read_write> results: array<u32>;

@compute @workgroup_size(64)
fn probe(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= arrayLength(&operands)) {
    return;
  }
  let pair = operands[id.x];
  let a = bitcast<f32>(pair.x);
  let b = bitcast<f32>(pair.y);
  let first = 7u * id.x;
  results[first] = bitcast<u32>(a + b);
  results[first + 1u] = bitcast<u32>(a * b);
  results[first + 2u] = bitcast<u32>(a / b);
  results[first + 3u] = bitcast<u32>(exp(a));
  results[first + 4u] = bitcast<u32>(log(a));
  results[first + 5u] = bitcast<u32>(max(a, b));
  results[first + 6u] = select(0u, 1u, a != a);
}
