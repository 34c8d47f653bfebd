/** Every VJP and JVP against central differences of its forward operation. */
import { describe, expect, test } from 'vitest';
import {
  type HostTensor,
  type LogitsOptions,
  logSoftmax,
  logSoftmaxJvp,
  logSoftmaxVjp,
  logSumExp,
  logSumExpVjp,
  softmax,
  softmaxJacobian,
  softmaxJvp,
  softmaxVjp,
} from '../../src/reference';
import { expectClose } from './expect-close';
import { dot, numericDerivative, numericGradient, randomTensor } from './finite-differences';

const additive: HostTensor = { data: [0.5, -1, 2, 0, -Infinity], shape: [5] };
const boolean: HostTensor = { data: Uint32Array.of(1, 0, 1, 1, 1, 0), shape: [2, 1, 3] };

const cases: [string, number[], LogitsOptions][] = [
  ['last axis', [3, 5], {}],
  ['scale', [3, 5], { scale: 0.7 }],
  ['large scale', [3, 5], { scale: 3 }],
  ['temperature', [3, 5], { temperature: 1.6 }],
  ['axis 0', [5, 3], { axis: 0 }],
  ['middle axis', [2, 4, 3], { axis: 1, scale: 1.25 }],
  ['axis −2', [2, 4, 3], { axis: -2 }],
  ['additive mask', [3, 5], { mask: additive, scale: 0.7 }],
  ['boolean mask', [2, 4, 3], { mask: boolean }],
  ['boolean mask, middle axis', [2, 4, 3], { mask: boolean, axis: 1 }],
  ['causal mask', [2, 3, 5], { mask: 'causal', scale: 0.5 }],
  ['one element', [5], {}],
];

/** Axis and scale without the mask, which the forward result already holds. */
const withoutMask = ({ mask: _, ...rest }: LogitsOptions) => rest;

describe.each(cases)('%s', (_, shape, options) => {
  // A dropped column has no finite entry to move: 'zero' leaves those rows at 0.
  const forward = { ...options, emptyRows: 'zero' } as const;
  const x = randomTensor(1, shape);
  const g = randomTensor(2, shape);

  test('softmaxVjp', () => {
    const y = softmax(x, forward);
    const expected = numericGradient(x, (at) => dot(softmax(at, forward).data, g.data));
    expectClose(softmaxVjp(y, g, withoutMask(options)).data, expected);
  });

  test('softmaxJvp', () => {
    const y = softmax(x, forward);
    const expected = numericDerivative(x, g, (at) => softmax(at, forward).data);
    expectClose(softmaxJvp(y, g, withoutMask(options)).data, expected);
  });

  test('softmaxJacobian, and its products with a vector', () => {
    const y = softmax(x, forward);
    const jacobian = softmaxJacobian(y, withoutMask(options));
    const axis = (options.axis ?? -1) < 0 ? shape.length + (options.axis ?? -1) : options.axis!;
    const length = shape[axis]!;
    const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const before = [...shape.slice(0, axis + 1), length, ...shape.slice(axis + 1)];
    expect(jacobian.shape).toEqual(before);

    const vjp = new Float64Array(g.data.length);
    const jvp = new Float64Array(g.data.length);
    for (let at = 0; at < jacobian.data.length; at++) {
      const c = at % inner;
      const j = Math.floor(at / inner) % length;
      const i = Math.floor(at / (inner * length)) % length;
      const o = Math.floor(at / (inner * length * length));
      const atI = (o * length + i) * inner + c;
      const atJ = (o * length + j) * inner + c;
      vjp[atJ]! += g.data[atI]! * jacobian.data[at]!;
      jvp[atI]! += jacobian.data[at]! * g.data[atJ]!;
    }
    expectClose(softmaxVjp(y, g, withoutMask(options)).data, vjp);
    expectClose(softmaxJvp(y, g, withoutMask(options)).data, jvp);
  });

  test('logSumExp and logSumExpVjp', () => {
    const lse = logSumExp(x, options);
    const gRow = randomTensor(3, lse.shape);
    // An empty row's log-sum-exp is −∞ and stays so: it takes no part.
    const value = (at: HostTensor) =>
      dot(
        logSumExp(at, options).data.map((v) => (v === -Infinity ? 0 : v)),
        gRow.data,
      );
    expectClose(logSumExpVjp(x, gRow, forward).data, numericGradient(x, value));
  });
});

// A mask makes some outputs −∞, whose differences are no numbers: log-softmax goes without.
describe.each(cases.filter(([, , options]) => !options.mask))('%s', (_, shape, options) => {
  const x = randomTensor(1, shape);
  const g = randomTensor(2, shape);

  test('logSoftmaxVjp', () => {
    const expected = numericGradient(x, (at) => dot(logSoftmax(at, options).data, g.data));
    expectClose(logSoftmaxVjp(logSoftmax(x, options), g, options).data, expected);
  });

  test('logSoftmaxJvp', () => {
    const expected = numericDerivative(x, g, (at) => logSoftmax(at, options).data);
    expectClose(logSoftmaxJvp(logSoftmax(x, options), g, options).data, expected);
  });

  test('logSoftmaxVjp is the adjoint of logSoftmaxJvp', () => {
    const logY = logSoftmax(x, options);
    const v = randomTensor(4, shape);
    const forward = dot(g.data, logSoftmaxJvp(logY, v, options).data);
    const backward = dot(logSoftmaxVjp(logY, g, options).data, v.data);
    expect(Math.abs(forward)).toBeGreaterThan(1e-2);
    expect(backward / forward).toBeCloseTo(1, 12);
  });
});

test('logSoftmax derivatives with a finite additive mask', () => {
  const options = { mask: { data: [0.5, -1, 2, 0, -3], shape: [5] }, scale: 0.7 };
  const x = randomTensor(1, [3, 5]);
  const g = randomTensor(2, [3, 5]);
  const logY = logSoftmax(x, options);
  expectClose(
    logSoftmaxVjp(logY, g, { scale: 0.7 }).data,
    numericGradient(x, (at) => dot(logSoftmax(at, options).data, g.data)),
  );
  expectClose(
    logSoftmaxJvp(logY, g, { scale: 0.7 }).data,
    numericDerivative(x, g, (at) => logSoftmax(at, options).data),
  );
});
