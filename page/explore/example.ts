/** One row of logits put through the library on the GPU, and held to the float64 reference. */
import { type Comparison, compare } from '../../conformance/compare';
import {
  crossEntropy,
  crossEntropyGrad,
  type Engine,
  type GpuTensor,
  logSoftmax,
  softmax,
  softmaxJacobian,
  softmaxVjp,
} from '../../src/index';
import * as reference from '../../src/reference';

/** What the visitor chose. */
export interface Example {
  /** x, of K classes. */
  readonly logits: Float32Array<ArrayBuffer>;
  readonly temperature: number;
  /** The class that y is 1 at. */
  readonly target: number;
  /** The gradient with respect to the probabilities, given them. */
  readonly upstream: (probabilities: Float32Array) => Float32Array<ArrayBuffer>;
}

/** What the GPU gave, and how far it is from the reference. */
export interface Result {
  readonly values: Float32Array;
  readonly comparison: Comparison;
  /** In float64. */
  readonly exact: Float64Array;
}

export type ResultName =
  | 'softmax'
  | 'logSoftmax'
  | 'logSumExp'
  | 'loss'
  | 'crossEntropyGrad'
  | 'softmaxVjp'
  | 'softmaxJacobian';

export interface Evaluated {
  readonly example: Example;
  /** The upstream gradient that went into the vector-Jacobian product. */
  readonly upstream: Float32Array;
  readonly results: Readonly<Record<ResultName, Result>>;
}

/**
 * Computes everything that the page shows of an example.
 *
 * @throws Error if the GPU fails.
 */
export async function evaluate(engine: Engine, example: Example): Promise<Evaluated> {
  const { logits, temperature, target } = example;
  const shape = [logits.length];
  const options = { temperature };
  const made: GpuTensor[] = [];
  const keep = <T extends GpuTensor>(tensor: T): T => {
    made.push(tensor);
    return tensor;
  };
  try {
    const x = keep(engine.tensor(logits, shape));
    const targets = Int32Array.of(target);
    const lossOptions = { ...options, reduction: 'sum' } as const;
    const y = keep(softmax(x, options));
    const logY = keep(logSoftmax(x, options));
    const { loss, logSumExp } = crossEntropy(x, targets, lossOptions);
    keep(loss);
    keep(logSumExp);
    const grad = keep(crossEntropyGrad(x, targets, lossOptions));
    const jacobian = keep(softmaxJacobian(y, options));
    const read = await Promise.all([y, logY, logSumExp, loss, grad, jacobian].map((t) => t.read()));
    const [p, logP, lse, lossValue, gradient, matrix] = read as Float32Array[];

    const upstream = example.upstream(p!);
    const dx = await keep(softmaxVjp(y, keep(engine.tensor(upstream, shape)), options)).read();

    const host = { data: logits, shape };
    const hostY = { data: p!, shape };
    const hostTargets = { data: targets, shape: [] };
    const expectedLoss = reference.crossEntropy(host, hostTargets, lossOptions);
    const held = (values: Float32Array, expected: reference.Reference): Result => ({
      values,
      comparison: compare(values, expected),
      exact: expected.data,
    });
    return {
      example,
      upstream,
      results: {
        softmax: held(p!, reference.softmax(host, options)),
        logSoftmax: held(logP!, reference.logSoftmax(host, options)),
        logSumExp: held(lse!, expectedLoss.logSumExp),
        loss: held(lossValue!, expectedLoss.loss),
        crossEntropyGrad: held(
          gradient!,
          reference.crossEntropyGrad(host, hostTargets, lossOptions),
        ),
        softmaxVjp: held(dx, reference.softmaxVjp(hostY, { data: upstream, shape }, options)),
        softmaxJacobian: held(matrix!, reference.softmaxJacobian(hostY, options)),
      },
    };
  } finally {
    for (const tensor of made) tensor.destroy();
  }
}
