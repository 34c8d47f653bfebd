/** Probabilities of one row, and what is left of it all after `using`. */
import { createEngine, softmax } from 'webgpu-softmax';
import * as reference from 'webgpu-softmax/reference';

const data = Float32Array.of(2, 4, 2, 1, -1, 0, 1, 0.5);
const shape = [2, 4];
const made = {};

async function probabilities() {
  using engine = await createEngine();
  using x = engine.tensor(data, shape);
  using p = softmax(x);
  Object.assign(made, { engine, x, p });
  return [...(await p.read())];
}

const actual = await probabilities();
const { data: expected, bound } = reference.softmax({ data, shape });
const freed = {
  hasDispose: 'dispose' in Symbol,
  engine: !made.engine.alive,
  x: made.x.destroyed,
  p: made.p.destroyed,
  misnamed: Object.keys(made).filter((name) => 'undefined' in made[name]),
};
const report = { actual, expected: [...expected], bound: [...bound], freed };
document.querySelector('#report').textContent = JSON.stringify(report);
