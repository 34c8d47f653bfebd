/** How near kernels come to the bounds they are held to, by what each bound is mostly made of. */
import type { Case } from '../../conformance/cases';
import { sharedEngine } from '../../conformance/engine';
import { kernels } from '../../conformance/matrix';
import { runCases } from '../../conformance/run-cases';

/** The largest error as a share of its bound, of those that have one largest part. */
export interface Share {
  readonly op: string;
  readonly result: string;
  readonly precision: 'default' | 'high';
  readonly stored: 'f32' | 'f16';
  readonly term: string;
  readonly share: number;
  /** The case. */
  readonly at: string;
}

type Kernel = Omit<Case, 'shape' | 'seed'>;

/** Many rows of a few, and some that are longer. */
const shapes = [
  [300, 3],
  [9, 1000],
];

const of = (kernel: Kernel, list = shapes): Case[] =>
  list.map((shape, i) => ({ ...kernel, shape, seed: 11 + i }));

/** The same few elements again and again: where many of them average out. */
const few = (kernel: Kernel, shape: readonly number[]): Case[] =>
  Array.from({ length: 96 }, (_, i) => ({ ...kernel, shape, seed: 31 + i }));

const losses: readonly Kernel[] = (['crossEntropy', 'crossEntropyGrad'] as const).flatMap(
  (op): Kernel[] => [
    { op, reduction: 'none' },
    { op, reduction: 'none', precision: 'high' },
    { op, reduction: 'none', mask: 'additive' },
    { op, reduction: 'none', scale: 0.05 },
    { op, reduction: 'none', weights: true, targets: 'probabilities' },
    { op, reduction: 'none', labelSmoothing: 0.1 },
    { op, reduction: 'none', labelSmoothing: 1 },
    { op, reduction: 'none', zLoss: 3 },
    { op, reduction: 'none', labelSmoothing: 0.1, zLoss: 3 },
  ],
);

const onLogits: readonly Kernel[] = (
  ['softmax', 'logSoftmax', 'logSumExp', 'logSumExpVjp'] as const
).flatMap((op): Kernel[] => [
  { op },
  { op, scale: 0.05 },
  { op, scale: 0.7 },
  { op, scale: 30 },
  { op, precision: 'high' },
  { op, mask: 'additive' },
]);

/** Where most of the bound is a mask's, or every exponential's, rows of 40 come nearest. */
const middling: readonly Kernel[] = (
  ['softmax', 'logSumExpVjp', 'crossEntropyGrad'] as const
).flatMap((op) => [
  { op, mask: 'additive' },
  { op, precision: 'high' },
  { op, precision: 'high', scale: 0.7 },
]);

const cases: readonly Case[] = [
  ...middling.flatMap((kernel) => of({ ...kernel, reduction: 'none' }, [[90, 40]])),
  ...[...kernels.filter(({ op }) => /[VJ][jv]p$/.test(op)), ...onLogits, ...losses].flatMap(
    (kernel) => of(kernel),
  ),
  ...['softmax', 'softmaxVjp', 'crossEntropyGrad'].flatMap((op) =>
    of({ op: op as 'softmax', f16: ['x', 'v', 'y'] }),
  ),
  ...of({ op: 'softmaxJacobian', scale: 0.7 }, [[9, 40]]),
  ...of({ op: 'topK', k: 3, values: 'probabilities' }),
  ...of({ op: 'topK', k: 3, values: 'logProbabilities' }),
  ...few({ op: 'crossEntropy', reduction: 'sum', equalRows: true }, [64, 3]),
  // What a worst case allows a long sum of products is a hundred times what it takes, unless its
  // terms are equal.
  ...of({ op: 'linearCrossEntropy', depth: 1, reduction: 'none' }, [
    [2500, 3],
    [2500, 2],
  ]),
  ...[3, 5].flatMap((classes) =>
    few({ op: 'linearCrossEntropy', depth: 1, reduction: 'none' }, [1, classes]),
  ),
  ...few({ op: 'linearCrossEntropy', depth: 1, reduction: 'none', equalRows: true }, [64, 3]),
  ...few({ op: 'linearCrossEntropy', depth: 1, reduction: 'none', equalRows: true }, [1500, 2]),
  ...of({ op: 'sgdStep', momentum: 0.9, weightDecay: 0.1 }),
  ...of({ op: 'adamStep', weightDecay: 0.1 }),
  ...of({ op: 'adamStep', weightDecay: 0.1, decoupled: false }),
];

/** Every share, the largest of its kind. */
export async function shares(): Promise<{ cases: number; shares: Share[]; reports: string[] }> {
  const results = await runCases(await sharedEngine(), cases);
  const largest = new Map<string, Share>();
  for (const { case: c, shares: byResult } of results) {
    for (const [result, byTerm] of Object.entries(byResult)) {
      for (const [term, share] of Object.entries(byTerm)) {
        const { op, precision = 'default' } = c;
        const stored = c.f16 ? 'f16' : 'f32';
        const key = [op, result, precision, stored, term].join(' ');
        if (share <= (largest.get(key)?.share ?? -1)) continue;
        largest.set(key, { op, result, precision, stored, term, share, at: JSON.stringify(c) });
      }
    }
  }
  const reports = results.flatMap(({ ok, report }) => (ok ? [] : [report]));
  return { cases: results.length, shares: [...largest.values()], reports: reports.slice(0, 4) };
}
