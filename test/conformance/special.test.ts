/** What rows of special values are held to: that zeros and garbage fail where the logits are huge. */
import { describe, expect, test } from 'vitest';
import { makeInputs, makeReferences } from '../../conformance/cases';
import { compare } from '../../conformance/compare';
import { kernels } from '../../conformance/matrix';
import { specialRows } from '../../conformance/special';

const onLogits = kernels.filter(({ op }) => /^(softmax|logSoftmax|logSumExp|cross.*)$/.test(op));

describe.each(onLogits.map((kernel) => ({ ...kernel, reduction: 'none' as const })))(
  '%o',
  (kernel) => {
    test.each([1, 5, 64])('rows of %i', (length) => {
      for (const scale of [1, 0.01]) {
        const c = { ...kernel, scale, shape: [specialRows, length], seed: length, special: true };
        const inputs = makeInputs(c);
        const x = inputs.x!.data as Float32Array;
        for (const [name, { data, bound, shape }] of Object.entries(makeReferences(c, inputs))) {
          const each = data.length / specialRows;
          for (let r = 0; r < specialRows; r++) {
            const largest = Math.max(...x.subarray(r * length, (r + 1) * length));
            if (!(Math.abs(largest) > 1e30 && Math.abs(largest) < Infinity)) continue;
            for (let i = r * each; i < (r + 1) * each; i++) {
              const value = data[i]!;
              if (!(Math.abs(value) > 2 ** -19)) continue;
              const one = { data: data.subarray(i, i + 1), bound: bound.subarray(i, i + 1), shape };
              const right = Float32Array.of(value);
              expect(compare(right, one).ok, `${name}[${i}], ${value}`).toBe(true);
              for (const wrong of [0, -value, 1.01 * value, 0.99 * value]) {
                if (Math.fround(wrong) === right[0]) continue;
                const fails = !compare(Float32Array.of(wrong), one).ok;
                expect(fails, `${name}[${i}]: ${wrong} for ${value}`).toBe(true);
              }
            }
          }
        }
      }
    });
  },
);
