import source from '../../shaders/self-test/halves.wgsl';
import halfTyped from '../../shaders/shared/half-typed.wgsl';
import { Call } from '../engine/call';
import type { Engine } from '../engine/engine';
import type { GpuTensor } from '../engine/tensor';
import type { DeviceFacts } from '../gpu/adapter';
import { fromHalves } from '../gpu/half';
import { planOf } from '../gpu/plan';
import type { Region } from '../gpu/region';
import { type ElementMap, mapElements } from '../map/elements';

const COUNT = 65_536;
/** The bits of the largest half. */
const LARGEST = 0x7bff;

/** The conversion of each element, one way or the other. */
export const conversionMap = (widens: boolean): ElementMap => ({
  name: `self-test ${widens ? 'widen' : 'narrow'}`,
  source,
  shared: [halfTyped],
  f16: true,
  constants: { WIDENS: widens },
  reads: { x: widens ? 'f16' : 'u32' },
  writes: { y: widens ? 'u32' : 'f16' },
});

/** The dispatches that convert a region to one of the other type. */
function planTest(label: string, { from, to }: { from: Region; to: Region }, device: DeviceFacts) {
  const { count } = to;
  const map = conversionMap(from.dtype === 'f16');
  const parts = { x: [from, 0, count], y: [to, 0, count] } as const;
  return planOf([mapElements(label, device, map, parts, { count })]);
}

/**
 * The test of the type f16: WGSL lets an implementation flush subnormals,
 * and take infinities and NaNs not to occur. Every half is widened, and each f32 number of
 * `floatsAround` narrowed, by the kernels' own functions, and stored by invocations that share words.
 * Bits are compared; a NaN may become another.
 *
 * @param engine plans with `halfConversion: 'typed'`.
 * @returns the verdict as a value: an Error that says what came out wrong, or undefined.
 * @throws as a rejection, Error if the GPU did not do it.
 */
export async function testTypedHalves(engine: Engine): Promise<Error | undefined> {
  const op = 'createEngine';
  const halves = Uint16Array.from({ length: COUNT }, (_, bits) => bits);
  const values = fromHalves(halves);
  const { floats, nearest } = floatsAround(values);
  const words = engine.tensor(new Uint32Array(halves.buffer), [COUNT / 2]);
  const given = engine.tensor(floats, [4 * COUNT]);
  const widened = engine.allocate(op, [COUNT], 'f32');
  const narrowed = engine.allocate(op, [4 * COUNT + 2], 'f16');
  // In the middle of a word, so that neighbouring invocations store the halves of one.
  const middle: Region = { buffer: narrowed.buffer, byteOffset: 2, dtype: 'f16', count: 4 * COUNT };
  const convert = (from: Region, to: Region, result: GpuTensor) => {
    const call = new Call(op, engine, {}, [{ name: 'from', region: from, rowData: false }]);
    call.results.push(result);
    call.add(planTest, { from, to });
    engine.execute(call);
  };
  try {
    convert(engine.wrap(words.buffer, [COUNT], { dtype: 'f16' }), widened, widened);
    convert(given, middle, narrowed);
    const stored = (await narrowed.read()).subarray(1, -1);
    return (
      firstWrong('reading', values, await widened.read(), values) ??
      firstWrong('storing', floats, stored, fromHalves(nearest))
    );
  } finally {
    for (const tensor of [words, given, widened, narrowed]) tensor.destroy();
  }
}

/**
 * Four f32 numbers for each half, and the halves nearest to them: the half itself, and the middle
 * between it and the next one away from 0, before and after two numbers beside it.
 */
function floatsAround(halves: Float32Array) {
  const floats = new Float32Array(4 * COUNT);
  const bits = new Uint32Array(floats.buffer);
  const nearest = new Uint16Array(4 * COUNT);
  halves.forEach((value, half) => {
    const at = 4 * half;
    floats.fill(value, at, at + 4);
    nearest.fill(half, at, at + 4);
    const size = half & 0x7fff;
    if (size > LARGEST) return;
    // After the largest comes infinity, where 65 536 would be.
    const next = size === LARGEST ? Math.sign(value) * 65_536 : halves[half + 1]!;
    floats.fill((value + next) / 2, at + 1, at + 4);
    bits[at + 1]! -= 1;
    bits[at + 3]! += 1;
    // A tie goes to the even one.
    nearest.set([half + (half & 1), half + 1], at + 2);
  });
  return { floats, nearest };
}

function firstWrong(
  doing: string,
  given: Float32Array,
  results: Float32Array,
  wanted: Float32Array,
): Error | undefined {
  const at = wanted.findIndex((value, i) => !Object.is(value, results[i]));
  if (at < 0) return undefined;
  return new Error(`${doing} ${given[at]} gives ${results[at]}, and it should be ${wanted[at]}`);
}
