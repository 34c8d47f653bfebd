/**
 * What a decoder without a sampler on the GPU does for each token, plainly: the row is on the host,
 * and JavaScript filters it and draws.
 */

/** A class of the k largest, by their softmax: one pass that keeps them in order. */
export function drawOfTopK(row: Float32Array, temperature: number, k: number): number {
  const best = new Int32Array(k).fill(-1);
  let count = 0;
  for (let i = 0; i < row.length; i++) {
    if (count === k && row[i]! <= row[best[k - 1]!]!) continue;
    let at = count < k ? count++ : k - 1;
    for (; at > 0 && row[i]! > row[best[at - 1]!]!; at--) best[at] = best[at - 1]!;
    best[at] = i;
  }
  return drawn(best.subarray(0, count), exponentials(row, best.subarray(0, count), temperature));
}

/** A class of the fewest whose probabilities sum to p or more: all are sorted. */
export function drawOfTopP(row: Float32Array, temperature: number, p: number): number {
  const order = Int32Array.from(row, (_, i) => i).sort((a, b) => row[b]! - row[a]!);
  const weights = exponentials(row, order, temperature);
  const goal = p * weights.reduce((sum, weight) => sum + weight, 0);
  let kept = 0;
  for (let sum = 0; kept < weights.length && sum < goal; kept++) sum += weights[kept]!;
  return drawn(order.subarray(0, kept), weights.subarray(0, kept));
}

/** Of classes whose first has the largest logit. */
const exponentials = (row: Float32Array, classes: Int32Array, temperature: number) =>
  Float64Array.from(classes, (i) => Math.exp((row[i]! - row[classes[0]!]!) / temperature));

function drawn(classes: Int32Array, weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = Math.random() * total;
  let at = 0;
  while (at + 1 < weights.length && left >= weights[at]!) left -= weights[at++]!;
  return classes[at]!;
}
