// The floor: every input element is read once, goes through `exp`, and every output element is
// written once. There is no less that an elementwise kernel can do with the same traffic. Without
// `exp` it is a copy: what the device's memory can do.

// Tensors read: 2, 1, or 0 (then what is written depends on the index alone).
override reads: u32 = 1;
// Whether there is an output; without one the results are summed and thrown away.
override writes: bool = true;
// Contiguous vec4s per invocation; 0 is a grid stride.
override run: u32 = 0;
// Whether elements are two halves to a word, or f32s.
override halves: bool = false;
// Whether elements go through `exp`.
override exponential: bool = true;

struct Params {
  // vec4s of each tensor.
  count: u32,
  // A value that no sum has. The compiler cannot know that nothing is ever stored for it.
  never: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4<u32>>;

fn work_of(x: vec4<f32>, factor: vec4<f32>) -> vec4<f32> {
  if (reads > 1) {
    return exp(x) * factor;
  }
  return exp(x);
}

// The first and the second halves of four words.
fn low(words: vec4<u32>) -> vec4<f32> {
  return vec4(
    unpack2x16float(words.x).x,
    unpack2x16float(words.y).x,
    unpack2x16float(words.z).x,
    unpack2x16float(words.w).x,
  );
}

fn high(words: vec4<u32>) -> vec4<f32> {
  return low(words >> vec4(16u));
}

fn packed(first: vec4<f32>, second: vec4<f32>) -> vec4<u32> {
  return vec4(
    pack2x16float(vec2(first.x, second.x)),
    pack2x16float(vec2(first.y, second.y)),
    pack2x16float(vec2(first.z, second.z)),
    pack2x16float(vec2(first.w, second.w)),
  );
}

// Four words of the result.
fn words_at(i: u32) -> vec4<u32> {
  if (reads == 0) {
    return bitcast<vec4<u32>>(vec4<f32>(f32(i)));
  }
  if (!exponential) {
    return a[i];
  }
  var factor = vec4<u32>();
  if (reads > 1) {
    factor = b[i];
  }
  let x = a[i];
  if (halves) {
    return packed(work_of(low(x), low(factor)), work_of(high(x), high(factor)));
  }
  return bitcast<vec4<u32>>(work_of(bitcast<vec4<f32>>(x), bitcast<vec4<f32>>(factor)));
}

fn sum_of(words: vec4<u32>) -> vec4<f32> {
  if (halves) {
    return low(words) + high(words);
  }
  return bitcast<vec4<f32>>(words);
}

@compute @workgroup_size(64)
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
) {
  let width = workgroups.x * 64;
  let invocation = id.y * width + id.x;
  var first = invocation;
  var end = params.count;
  var step = width * workgroups.y;
  if (run > 0) {
    first = invocation * run;
    end = min(first + run, end);
    step = 1;
  }
  var sum = vec4<f32>();
  for (var i = first; i < end; i += step) {
    let words = words_at(i);
    if (writes) {
      result[i] = words;
    } else {
      sum += sum_of(words);
    }
  }
  if (!writes && sum.x + sum.y + sum.z + sum.w == params.never) {
    result[0] = bitcast<vec4<u32>>(sum);
  }
}
