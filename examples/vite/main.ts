/** Softmax regression of four points by gradient descent, on the GPU but for the small products. */
import { argmax, createEngine, crossEntropyWithGrad } from 'webgpu-softmax';

const points = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const classes = [0, 1, 1, 2]; // how many ones
const weights = [0, 1, 2].map(() => [0, 0, 0]);

const engine = await createEngine();
const logits = engine.tensor(new Float32Array(12), [4, 3]);
let loss = 0;
for (let step = 0; step < 300; step++) {
  const products = points.flatMap(([a, b]) => weights.map(([u, v, w]) => a! * u! + b! * v! + w!));
  engine.device.queue.writeBuffer(logits.buffer, 0, Float32Array.from(products));
  const result = crossEntropyWithGrad(logits, classes);
  const [losses, gradient] = await Promise.all([result.loss.read(), result.grad.read()]);
  loss = losses[0]!;
  weights.forEach((row, k) => {
    points.forEach(([a, b], i) => {
      const g = 4 * gradient[3 * i + k]!;
      row[0]! -= g * a!;
      row[1]! -= g * b!;
      row[2]! -= g;
    });
  });
  result.loss.destroy();
  result.grad.destroy();
}
const products = points.flatMap(([a, b]) => weights.map(([u, v, w]) => a! * u! + b! * v! + w!));
const answer = argmax(engine.tensor(Float32Array.from(products), [4, 3]));
document.querySelector('#report')!.textContent =
  `loss ${loss.toFixed(4)}, classes ${Array.from(await answer.read()).join(' ')}`;
engine.destroy();
