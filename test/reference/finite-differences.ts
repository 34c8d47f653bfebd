import { Random } from '../../conformance/random';
import type { HostTensor } from '../../src/reference';

/** A float64 tensor of normal numbers, so that small steps are not rounded to f32. */
export function randomTensor(seed: number, shape: readonly number[], deviation = 1): HostTensor {
  const random = new Random(seed);
  const count = shape.reduce((a, b) => a * b, 1);
  return { data: Float64Array.from({ length: count }, () => deviation * random.normal()), shape };
}

/** Σ a·b over all elements. */
export function dot(a: HostTensor['data'], b: HostTensor['data']): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i]! * b[i]!;
  }
  return sum;
}

/** The gradient of f at x by central differences. */
export function numericGradient(x: HostTensor, f: (x: HostTensor) => number): Float64Array {
  const step = 1e-5;
  return Float64Array.from({ length: x.data.length }, (_, i) => {
    const above = Float64Array.from(x.data);
    const below = Float64Array.from(x.data);
    above[i]! += step;
    below[i]! -= step;
    const rise = f({ data: above, shape: x.shape }) - f({ data: below, shape: x.shape });
    return rise / (2 * step);
  });
}

/** The derivative of f at x along a direction, by central differences. */
export function numericDerivative(
  x: HostTensor,
  direction: HostTensor,
  f: (x: HostTensor) => Float64Array,
): Float64Array {
  const step = 1e-5;
  const along = (h: number): Float64Array =>
    f({
      data: Float64Array.from(x.data, (v, i) => v + h * direction.data[i]!),
      shape: x.shape,
    });
  const above = along(step);
  const below = along(-step);
  return above.map((v, i) => (v - below[i]!) / (2 * step));
}
