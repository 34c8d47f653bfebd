/** Mutants of the reference, which all else is held to. */
import type { Mutant } from './mutants';

export const reference: readonly Mutant[] = [
  {
    file: 'src/reference/mask.ts',
    was: '+ z.length - this.queries + 1)',
    is: '+ 1)',
    test: [
      'test/reference/masks.test.ts',
      'causal for Q = 2, K = 5 is aligned at the bottom right',
    ],
  },
  {
    file: 'src/reference/philox.ts',
    was: 'round < 10',
    is: 'round < 9',
    test: ['test/reference/select.test.ts', 'philox([0,0,0,0], [0,0])'],
  },
  {
    file: 'src/reference/sgd-step.ts',
    was: 'const v = carried + g;',
    is: 'const v = grad.data[i]!;',
    test: ['test/reference/sgd-step.test.ts', 'momentum carries the velocity on'],
  },
  {
    file: 'src/reference/softmax-vjp.ts',
    was: 'saturate(scale * p * (v - dot))',
    is: 'saturate(p * (v - dot))',
    test: ['test/reference/derivatives.test.ts', 'scale softmaxVjp'],
  },
  {
    file: 'src/reference/targets.ts',
    was: 'weight += Number.isFinite(w) ? w : 0;',
    is: 'weight += w;',
    test: [
      'test/reference/special-values.test.ts',
      'cross-entropy non-finite targets, weights and upstream gradients poison their own row',
    ],
  },
  {
    file: 'src/reference/top-k.ts',
    was: 'Number.isNaN(a) ? !Number.isNaN(b) : a > b',
    is: 'Number.isNaN(a) ? !Number.isNaN(b) : a >= b',
    test: [
      'test/reference/select.test.ts',
      'topK largest first, equals in order, NaN above all, −∞ as an element',
    ],
  },
  {
    file: 'src/reference/top-k.ts',
    was: '(r - inner) * k + rank * rows.inner + inner',
    is: 'r * k + rank',
    test: [
      'test/reference/select.test.ts',
      'topK values are those of softmax at the indices, along any axis',
    ],
  },
  {
    file: 'src/reference/cross-entropy.ts',
    was: "return emptyRows === 'zero' || row.rows.length === 0 ? 0 : NaN;",
    is: 'return NaN;',
    test: ['test/reference/special-values.test.ts', 'cross-entropy a row of −∞ alone'],
  },
  {
    file: 'src/reference/cross-entropy.ts',
    was: 'others += j === k ? 0 : row.e[j]!;',
    is: 'others += row.e[j]!;',
    test: [
      'test/reference/cross-entropy.test.ts',
      'nothing cancels the target’s gradient is minus the sum of the others',
    ],
  },
  {
    file: 'src/reference/bounds.ts',
    was: 'const LOG_ABSOLUTE = 2 ** -20;',
    is: 'const LOG_ABSOLUTE = 2 ** -19;',
    test: [
      'test/reference/bounds.test.ts',
      'the bound of logarithms is 4 ULP of the largest part, or 2⁻²⁰',
    ],
  },
  {
    file: 'src/reference/bounds.ts',
    was: 'Math.abs(v) < Infinity ? Math.min',
    is: 'Math.abs(v) <= MAX ? Math.min',
    test: [
      'test/reference/special-values.test.ts',
      'softmax, logSoftmax, logSumExp finite logits give finite results: they saturate',
    ],
  },
];
