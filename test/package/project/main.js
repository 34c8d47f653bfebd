/** What an adopter might write first: probabilities of two rows, beside what they must be. */
import { createEngine, softmax } from 'webgpu-softmax';
import * as reference from 'webgpu-softmax/reference';

const data = Float32Array.of(2, 4, 2, 1, -1, 0, 1, 0.5);
const shape = [2, 4];

const engine = await createEngine();
const p = softmax(engine.tensor(data, shape));
const actual = await p.read();
const { data: expected, bound } = reference.softmax({ data, shape });
const report = { actual: [...actual], expected: [...expected], bound: [...bound] };
document.querySelector('#report').textContent = JSON.stringify(report);
engine.destroy();
