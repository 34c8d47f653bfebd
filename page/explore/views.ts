/** What the section Explore shows of each result: its name, call, formula and picture. */

import { create } from '../dom';
import { agreesAsShown, formatShare, formatUlp, formatValue } from '../numbers';
import { barTable, heatMap } from './charts';
import type { Evaluated, Result, ResultName } from './example';

interface View {
  readonly name: ResultName;
  readonly title: string;
  readonly call: string;
  readonly formula: string;
  readonly picture: (evaluated: Evaluated, result: Result, caption: string) => HTMLElement;
}

const classes = ({ example }: Evaluated, sign: string, of: ArrayLike<number>) =>
  [...example.logits].map((_, k) => `${sign}${subscript(k)} = ${formatValue(of[k]!, 4)}`);

const scalar = (_: Evaluated, { values }: Result) =>
  create('p', { class: 'scalar' }, formatValue(values[0]!));

const views: readonly View[] = [
  {
    name: 'softmax',
    title: 'Probabilities',
    call: 'softmax(x)',
    formula: 'p = exp(t) / Σ exp(t),  t = (x − max x) / T',
    picture: (evaluated, { values }, caption) =>
      barTable(caption, classes(evaluated, 'x', evaluated.example.logits), values, [0, 1]),
  },
  {
    name: 'logSoftmax',
    title: 'Log-probabilities',
    call: 'logSoftmax(x)',
    formula: 'log p = t − log Σ exp(t)',
    picture: (evaluated, { values }, caption) =>
      barTable(caption, classes(evaluated, 'x', evaluated.example.logits), values),
  },
  {
    name: 'logSumExp',
    title: 'Log-sum-exp',
    call: 'logSumExp(x)',
    formula: 'lse = max x / T + log Σ exp(t)',
    picture: scalar,
  },
  {
    name: 'loss',
    title: 'Cross-entropy loss',
    call: 'crossEntropy(x, [c])',
    formula: 'loss = lse − x_c / T',
    picture: scalar,
  },
  {
    name: 'crossEntropyGrad',
    title: 'Gradient of the loss',
    call: 'crossEntropyGrad(x, [c])',
    formula: '∂loss/∂x = (p − y) / T,  y_c = 1, 0 elsewhere',
    picture: (evaluated, { values }, caption) => {
      const { target, logits } = evaluated.example;
      const oneHot = Array.from(logits, (_, k) => Number(k === target));
      return barTable(caption, classes(evaluated, 'y', oneHot), values);
    },
  },
  {
    name: 'softmaxVjp',
    title: 'Upstream gradient through softmax',
    call: 'softmaxVjp(p, g)',
    formula: '∂L/∂x = p ⊙ (g − Σ p·g) / T',
    picture: (evaluated, { values }, caption) =>
      barTable(caption, classes(evaluated, 'g', evaluated.upstream), values),
  },
  {
    name: 'softmaxJacobian',
    title: 'Jacobian',
    call: 'softmaxJacobian(p)',
    formula: 'J_ij = ∂p_i/∂x_j = p_i (δ_ij − p_j) / T',
    picture: ({ example }, { values }, caption) => heatMap(caption, example.logits.length, values),
  },
];

/** A card for every result. */
export const cardsOf = (evaluated: Evaluated): HTMLElement[] =>
  views.map(({ name, title, call, formula, picture }) => {
    const result = evaluated.results[name];
    return create(
      'article',
      { class: picture === scalar ? 'card half' : 'card', id: `result-${name}` },
      create('h3', {}, title),
      create('p', { class: 'formula' }, ...withSubscripts(formula)),
      create('p', { class: 'call' }, create('code', {}, call)),
      picture(evaluated, result, `${title}: ${formula}`),
      create(
        'p',
        { class: result.comparison.ok ? 'good' : 'bad' },
        describeAgreement(result, name === 'softmaxJacobian' ? 4 : 6),
      ),
    );
  });

function describeAgreement({ comparison, values, exact }: Result, digits: 4 | 6): string {
  const { ok, maxUlp, maxShare } = comparison;
  const size = `≤ ${formatUlp(maxUlp)} ULP from float64, ${formatShare(maxShare)} of the bound`;
  if (!ok) return `✗ BEYOND ITS BOUND: ${size}`;
  const agrees = values.every((value, i) => agreesAsShown(value, exact[i]!, digits));
  return agrees ? `✓ every digit shown is right; ${size}` : `✓ ${size}`;
}

/** One line on all results together. */
export function summarize({ results }: Evaluated): { ok: boolean; text: string } {
  const comparisons = Object.values(results).map(({ comparison }) => comparison);
  const ok = comparisons.every((comparison) => comparison.ok);
  const ulp = formatUlp(Math.max(...comparisons.map(({ maxUlp }) => maxUlp)));
  const share = formatShare(Math.max(...comparisons.map(({ maxShare }) => maxShare)));
  const size = `largest error ${ulp} ULP, at most ${share} of the bound`;
  const text = ok
    ? `✓ Computed on the GPU; agrees with the float64 reference: ${size}.`
    : `✗ The GPU's results are WRONG: ${size}.`;
  return { ok, text };
}

/** 12 → ₁₂ */
const subscript = (k: number) =>
  String(k).replace(/\d/g, (digit) => String.fromCodePoint(0x2080 + Number(digit)));

/** 'J_ij' as J with a subscript; two blanks part two formulas. */
const withSubscripts = (formula: string): (Node | string)[] =>
  formula
    .replaceAll('  ', '\u2003')
    .split(/(_[a-z]+)/)
    .map((part) => (part.startsWith('_') ? create('sub', {}, part.slice(1)) : part));
