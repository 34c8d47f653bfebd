import { sharedEngine } from '../../conformance/engine';
import { subgroupsOf, takes } from '../../conformance/matrix';
import { logSumExp, type RegimeName } from '../../src/index';
import { regimeNames } from '../../src/rows/regimes';

/** Every position of a short row; of a long one every 37th, and the last 70. */
function positionsOf(length: number): number[] {
  const all = Array.from({ length }, (_, k) => k);
  return length <= 1100 ? all : all.filter((k) => k % 37 === 0 || k >= length - 70);
}

/**
 * The positions at which a NaN is not seen, by regime: each row has one, and its log-sum-exp, which
 * must be NaN, is of all of it. A maximum of a part of the row would do for any other row.
 */
export async function unseen(length: number, strided: boolean) {
  const engine = await sharedEngine();
  const positions = positionsOf(length);
  const rows = positions.length;
  const data = new Float32Array(rows * length);
  positions.forEach((k, r) => {
    data[strided ? k * rows + r : r * length + k] = Number.NaN;
  });
  using x = engine.tensor(data, strided ? [length, rows] : [rows, length]);
  const subgroups = subgroupsOf(engine.device);
  const found: Partial<Record<RegimeName, number[]>> = {};
  for (const regime of regimeNames) {
    if (!takes(regime, length, strided, subgroups)) continue;
    using lse = logSumExp(x, { axis: strided ? 0 : -1, regime });
    const values = await lse.read();
    found[regime] = positions.filter((_, r) => !Number.isNaN(values[r]!));
  }
  return found;
}
