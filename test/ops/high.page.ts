import { compare, describeFailure } from '../../conformance/compare';
import { sharedEngine } from '../../conformance/engine';
import { subgroupsOf, takes } from '../../conformance/matrix';
import { Random } from '../../conformance/random';
import * as library from '../../src/index';
import { crossEntropyGrad, crossEntropyWithGrad, logSumExpVjp } from '../../src/index';
import type { HostTensor, Reference } from '../../src/reference';
import * as reference from '../../src/reference';
import { regimeNames } from '../../src/rows/regimes';

export type HighOp =
  | 'softmax'
  | 'logSoftmax'
  | 'logSumExp'
  | 'logSumExpVjp'
  | 'crossEntropyWithGrad'
  | 'crossEntropyGrad of probabilities';

/** The largest error of each result of an operation in one regime; what failed, in words. */
export interface Measured {
  readonly regime: string;
  readonly ulps: Readonly<Record<string, number>>;
  readonly reports: readonly string[];
}

/**
 * Rows that spare nothing: distances from the maximum spread over all that an f32 can tell (0 … 87
 * after the scale) at logits near 1 000, where the difference is rounded most; all elements but one at
 * a single distance, whose errors are the same; logits as they come.
 */
function hardRows(rows: number, length: number, scale: number): Float32Array {
  const random = new Random(length);
  const x = new Float32Array(rows * length);
  for (let r = 0; r < rows; r++) {
    const kind = (r + (rows === 1 ? 1 : 0)) % 4;
    const lone = random.integer(length);
    for (let k = 0; k < length; k++) {
      const spread = (87 / scale) * random.uniform() ** 2;
      const value = {
        0: 1000 - spread,
        1: k === lone ? 1000 : 1000 - 11 / scale - (k % 2) * 2 ** -13,
        2: random.uniform(-8, 8),
        3: k === lone ? -3 : -3 - spread,
      }[kind as 0 | 1 | 2 | 3];
      x[r * length + k] = value;
    }
  }
  return x;
}

/** One operation with `precision: 'high'` in every regime that takes rows of this length. */
export async function measureHigh(
  op: HighOp,
  rows: number,
  length: number,
  scale: number,
  strided: boolean,
): Promise<Measured[]> {
  const engine = await sharedEngine();
  const shape = strided ? [length, rows] : [rows, length];
  const axis = strided ? 0 : 1;
  const hard = hardRows(rows, length, scale);
  const at = (i: number) => (strided ? (i % rows) * length + Math.floor(i / rows) : i);
  const logits: HostTensor & { data: Float32Array } = {
    data: hard.map((_, i) => hard[at(i)]!),
    shape,
  };
  const options = { axis, scale, precision: library.high } as const;
  const random = new Random(1);
  const targets = Int32Array.from({ length: rows }, () => random.integer(length));
  const host = { data: targets, shape: [rows] };
  const likely = () => {
    const { data } = reference.softmax(logits, { axis, scale: scale / 2 });
    return { data: Float32Array.from(data), shape };
  };
  const ones = { data: new Float32Array(rows).fill(1), shape: [rows] };
  const none = { ...options, reduction: 'none' } as const;
  const expected = ((): Record<string, Reference> => {
    switch (op) {
      case 'crossEntropyWithGrad': {
        const { loss, grad } = reference.crossEntropyWithGrad(logits, host, none);
        return { loss, grad };
      }
      case 'crossEntropyGrad of probabilities':
        return { grad: reference.crossEntropyGrad(logits, likely(), none) };
      case 'logSumExpVjp':
        return { out: reference.logSumExpVjp(logits, ones, options) };
      default:
        return { out: reference[op](logits, options) };
    }
  })();
  const x = engine.tensor(logits.data, shape);
  const second =
    op === 'crossEntropyGrad of probabilities' ? engine.tensor(likely().data, shape) : x;
  const one = engine.tensor(ones.data, [rows]);
  const measured: Measured[] = [];
  for (const regime of regimeNames) {
    if (!takes(regime, length, strided, subgroupsOf(engine.device))) continue;
    const results = (() => {
      switch (op) {
        case 'crossEntropyWithGrad':
          return { ...crossEntropyWithGrad(x, targets, { ...none, regime }) };
        case 'crossEntropyGrad of probabilities':
          return { grad: crossEntropyGrad(x, second, { ...none, regime }) };
        case 'logSumExpVjp':
          return { out: logSumExpVjp(x, one, { ...options, regime }) };
        default:
          return { out: library[op](x, { ...options, regime }) };
      }
    })();
    const ulps: Record<string, number> = {};
    const reports: string[] = [];
    for (const [name, tensor] of Object.entries(results)) {
      const actual = await tensor.read();
      tensor.destroy();
      const comparison = compare(actual, expected[name]!);
      ulps[name] = comparison.maxUlp;
      if (comparison.ok) continue;
      const label = `${op} ${name}, scale ${scale}`;
      const context = { variant: regime, label, shape, seed: 1, rerun: 'npm test -- high' };
      reports.push(describeFailure(context, actual, expected[name]!, comparison));
    }
    measured.push({ regime, ulps, reports });
  }
  for (const tensor of new Set([x, second, one])) tensor.destroy();
  return measured;
}
