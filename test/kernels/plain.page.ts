import { bitsOf } from '../../conformance/bits';
import { sharedEngine } from '../../conformance/engine';
import { logits } from '../../conformance/random';
import {
  crossEntropyWithGrad,
  type Engine,
  type GpuTensor,
  logSoftmax,
  logSumExp,
  softmax,
} from '../../src/index';

/** A row that is not plain: its first element, or its last. */
const troubles = [Number.NEGATIVE_INFINITY, -3.4e38, 3.4e38, Number.POSITIVE_INFINITY, Number.NaN];

interface Results {
  readonly [name: string]: Uint32Array;
}

/** Everything that takes exponentials, of [rows, K] or, along axis 0, [K, rows]. */
async function all(
  engine: Engine,
  data: Float32Array,
  shape: readonly [number, number],
  axis: 0 | 1,
  options: { mask?: GpuTensor; scale?: number },
): Promise<Results> {
  const x = engine.tensor(data, shape);
  const given = { ...options, axis };
  const results: Record<string, Uint32Array> = {
    softmax: await bitsOf(softmax(x, given)),
    logSoftmax: await bitsOf(logSoftmax(x, given)),
    logSumExp: await bitsOf(logSumExp(x, given)),
  };
  if (axis === 1) {
    const targets = engine.tensor(new Int32Array(shape[0]).fill(1), [shape[0]], { dtype: 'i32' });
    const both = crossEntropyWithGrad(x, targets, { ...options, reduction: 'none' });
    results.loss = await bitsOf(both.loss);
    results.gradient = await bitsOf(both.grad);
    targets.destroy();
  }
  x.destroy();
  return results;
}

/** What differs where `compares` says that elements are to be alike. */
const differing = (what: string, a: Results, b: Results, compares: (i: number) => boolean) =>
  Object.keys(a).flatMap((name) => {
    const at = a[name]!.findIndex((bits, i) => compares(i) && bits !== b[name]![i]);
    if (at < 0) return [];
    return [`${what}: ${name}[${at}] is ${a[name]![at]} without guards, ${b[name]![at]} with them`];
  });

/** Rows by themselves, and under a mask that adds nothing: under a mask every row is guarded. */
export async function besideMasked(K: number, scale: number): Promise<string[]> {
  const engine = await sharedEngine({ adapterClass: 'cpu' });
  const rows = 2 * troubles.length + 5;
  const data = logits(K, rows * K);
  troubles.forEach((value, i) => {
    data[2 * i * K] = value;
    data[2 * i * K + 2 * K - 1] = value;
  });
  // Exponentials that vanish, and a row at a distance from 0.
  for (let k = 0; k < K; k += 3) data[(rows - 1) * K + k]! -= 150;
  for (let k = 0; k < K; k++) data[(rows - 2) * K + k]! += 3000;
  const mask = engine.tensor(new Float32Array(K), [1, K]);
  const without = await all(engine, data, [rows, K], 1, { scale });
  const masked = await all(engine, data, [rows, K], 1, { scale, mask });
  mask.destroy();
  return differing(`K ${K}, scale ${scale}`, without, masked, () => true);
}

/** Columns that an invocation takes four at a time, beside others of their own kind and beside troubled ones. */
export async function besideTroubled(K: number, scale: number): Promise<string[]> {
  const engine = await sharedEngine({ adapterClass: 'cpu' });
  const columns = 4 * troubles.length;
  const data = logits(K, K * columns);
  const healthy = await all(engine, data, [K, columns], 0, { scale });
  troubles.forEach((value, i) => {
    data[(K - 1) * columns + 4 * i + (i % 4)] = value;
  });
  const beside = await all(engine, data, [K, columns], 0, { scale });
  const isTroubled = (i: number) => i % 4 === Math.floor((i % columns) / 4) % 4;
  return differing(`columns of ${K}, scale ${scale}`, healthy, beside, (i) => !isTroubled(i));
}
