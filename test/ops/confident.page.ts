import { regimeNames } from '../../src/kernels/regimes';
import { crossEntropyWithGrad } from '../../src/reference';
import { compare, describeFailure } from '../harness/compare';
import { sharedEngine } from '../harness/engine';
import { takes } from '../harness/matrix';

/** Rows whose target stands ever further above the rest, up to losses near 1e-30; faults in words. */
export async function confidentRows(
  length: number,
): Promise<{ smallest: number; faults: string[] }> {
  const sm = await sharedEngine();
  const gaps = [0.5, 2, 8, 20, 40, 60, 68];
  const logits = new Float32Array(gaps.length * length);
  gaps.forEach((gap, r) => {
    for (let k = 0; k < length; k++) logits[r * length + k] = k === r ? gap : -(k % 5) / 8;
  });
  const shape = [gaps.length, length];
  const targets = Int32Array.from(gaps.keys());
  const options = { reduction: 'none' } as const;
  const host = { data: targets, shape: [gaps.length] };
  const expected = crossEntropyWithGrad({ data: logits, shape }, host, options);
  const faults: string[] = [];
  const subgroups = sm.device.features.has('subgroups');
  for (const regime of regimeNames.filter((name) => takes(name, length, false, subgroups))) {
    const x = sm.tensor(logits, shape);
    const results = sm.crossEntropyWithGrad(x, targets, { ...options, regime });
    for (const name of ['loss', 'grad'] as const) {
      const actual = await results[name].read();
      const comparison = compare(actual, expected[name]);
      if (comparison.ok) continue;
      const context = {
        variant: regime,
        label: name,
        shape,
        seed: 0,
        rerun: 'npm test -- confident',
      };
      faults.push(describeFailure(context, actual, expected[name], comparison));
    }
  }
  return { smallest: Math.min(...expected.loss.data), faults };
}
