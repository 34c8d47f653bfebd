// The floor: every input element is read once, goes through `exp`, and every output element is
// written once. There is no less that an elementwise kernel can do with the same traffic.

// Tensors read: 2, 1, or 0 (then what is written depends on the index alone).
override reads: u32 = 1;
// Whether there is an output; without one the exponentials are summed and thrown away.
override writes: bool = true;
// Contiguous vec4s per invocation; 0 is a grid stride.
override run: u32 = 0;

struct Params {
  // vec4s of each tensor.
  count: u32,
  // A value that no sum has. The compiler cannot know that nothing is ever stored for it.
  never: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> result: array<vec4<f32>>;

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
    var value = vec4<f32>(f32(i));
    if (reads > 0) {
      value = exp(a[i]);
    }
    if (reads > 1) {
      value *= b[i];
    }
    if (writes) {
      result[i] = value;
    } else {
      sum += value;
    }
  }
  if (!writes && sum.x + sum.y + sum.z + sum.w == params.never) {
    result[0] = sum;
  }
}
