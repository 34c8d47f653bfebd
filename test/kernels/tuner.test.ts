/** What a tuner makes of times, on a device whose kernels take as long as they are told to. */
import { afterEach, expect, test, vi } from 'vitest';
import type { PlanDevice } from '../../src/rows/plan';
import type { RegimeName } from '../../src/rows/regimes';
import { type Choice, candidatesOf } from '../../src/rows/tiers';
import { findTiers } from '../../src/tune/tuner';
import { type FakeBuffer, FakeDevice } from '../gpu/fake-device';
import { device as planned } from './variants';

const on: PlanDevice = { ...planned, adapter: 'cpu' };
const candidates = candidatesOf(32_768, false, on);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Which candidate a bind group is of: its kernel says the regime, and its uniforms the chunk. */
function choiceOf(
  { label, entries }: GPUBindGroupDescriptor,
  pipeline: unknown,
): Choice | undefined {
  const [, phase, lanes] = label!.replace(/\d+/g, '').split(' ');
  const [{ resource }] = entries as unknown as [{ resource: GPUBufferBinding }];
  const uniforms = new Uint32Array((resource.buffer as FakeBuffer).bytes, resource.offset);
  const { code } = (pipeline as { compute: { module: GPUShaderModuleDescriptor } }).compute.module;
  const [params] = /(?<=struct Params \{)[^}]*/.exec(code)!;
  const names = Array.from(params!.matchAll(/(\w+):/g), ([, name]) => name);
  const chunk = 4 * (uniforms[names.indexOf('chunk_quads')] ?? 0);
  // Of a split row's three dispatches the first stands for all.
  if (phase === 'row') return { regime: `row-per-${lanes}` as RegimeName, chunk };
  return phase === 'split-partial'
    ? { regime: `split-per-${lanes}` as RegimeName, chunk }
    : undefined;
}

/** What is measured where a call takes as many milliseconds as `msOf` says, and the samples taken of each. */
async function measured(
  lengths: readonly number[],
  msOf: (choice: Choice, rows: number) => number,
) {
  const device = new FakeDevice();
  const calls: string[] = [];
  let now = 0;
  let shape = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  device.queue.submit = () => {
    let pipeline: unknown;
    for (const [name, first, group] of device.commands.splice(0)) {
      if (name === 'setPipeline') pipeline = first;
      const choice = name === 'setBindGroup' && choiceOf(group as GPUBindGroupDescriptor, pipeline);
      if (!choice) continue;
      now += msOf(choice, shape);
      calls.push(nameOf(choice));
    }
  };
  const tiers = await findTiers(
    device.runtime(on),
    lengths.map((length) => ({ outer: 2, length, inner: 1 })),
    () => {},
    () => {
      shape++;
    },
  );
  return { tiers, calls, buffers: device.buffers };
}

const nameOf = ({ regime, chunk }: Choice) =>
  `${regime} ${regime.startsWith('split') ? chunk : ''}`;

test.each(candidates.map((choice) => [nameOf(choice), choice] as const))(
  'the fastest is taken, and said by how much: %s',
  async (name, fastest) => {
    const { tiers } = await measured([30_000], (choice) => (nameOf(choice) === name ? 20 : 60));
    const gain = nameOf(candidates[0]!) === name ? 1 : 3;
    expect(tiers).toEqual([{ rows: 'contiguous', maxLength: 32_768, ...fastest, gain }]);
  },
);

test("the table's own choice stays unless another is a tenth faster", async () => {
  const [own, other] = candidates as [Choice, Choice];
  const at = (ms: number) =>
    measured([30_000], (choice) => (nameOf(choice) === nameOf(other) ? ms : 60));
  expect((await at(57)).tiers).toMatchObject([{ ...own, gain: 1 }]);
  expect((await at(50)).tiers).toMatchObject([{ ...other, gain: 1.2 }]);
});

test('shapes of one bucket have the same say, however long they take', async () => {
  const [own, other] = candidates as [Choice, Choice];
  // The other is 3 times as fast at the first shape, and 2 times as slow at the second.
  const { tiers } = await measured([20_000, 30_000], (choice, i) => {
    const isOther = nameOf(choice) === nameOf(other);
    if (nameOf(choice) !== nameOf(own) && !isOther) return 500;
    return i === 0 ? (isOther ? 10 : 30) : isOther ? 400 : 200;
  });
  expect(tiers).toMatchObject([{ ...other, gain: expect.closeTo(Math.sqrt(1.5) ** 2) }]);
});

test('who is far slower in the warm-up is not sampled again, and nothing is left', async () => {
  const slow = candidates.at(-1)!;
  const { calls, buffers } = await measured([30_000], (choice) =>
    nameOf(choice) === nameOf(slow) ? 900 : 30,
  );
  const times = (choice: Choice) => calls.filter((name) => name === nameOf(choice)).length;
  expect(times(slow)).toBe(1);
  // A first call, four to warm up, and five samples of one.
  for (const choice of candidates.slice(0, -1)) expect(times(choice)).toBe(1 + 4 + 5);
  expect(buffers.filter(({ destroyed }) => !destroyed)).toEqual([]);
});
