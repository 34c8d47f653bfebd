/** Loops over the lanes of a wave: what a vector instruction does to one lane, done to all that are on. */
import { flushed } from './floats';
import { fromHalf, toHalf } from './halves';
import type { Wave } from './wave';

/**
 * How the word of a lane is read or written. Results of 16 bits leave the upper half of the register
 * alone; f32 takes no denormal in and gives none out, as RADV sets the mode; a mask has a bit a lane.
 */
export type Kind = 'u32' | 'i32' | 'f32' | 'u16' | 'i16' | 'f16' | 'mask' | 'lane';

/** What becomes of one lane. */
export type Compute = (a: number, b: number, c: number) => number;

/** Runs over the lanes: a result's place, then places and strides of up to three sources. */
export type LaneLoop = (
  wave: Wave,
  result: number,
  a: number,
  aStride: number,
  b: number,
  bStride: number,
  c: number,
  cStride: number,
) => void;

const read: Readonly<Record<Kind, (place: string, stride: string) => string>> = {
  u32: (place, stride) => `u32[${place} + lane * ${stride}]`,
  i32: (place, stride) => `i32[${place} + lane * ${stride}]`,
  f32: (place, stride) => `flushed(f32[${place} + lane * ${stride}])`,
  u16: (place, stride) => `(u32[${place} + lane * ${stride}] & 0xffff)`,
  i16: (place, stride) => `((u32[${place} + lane * ${stride}] << 16) >> 16)`,
  f16: (place, stride) => `fromHalf(u32[${place} + lane * ${stride}] & 0xffff)`,
  mask: (place) => `((u32[${place} + (lane >> 5)] >>> (lane & 31)) & 1)`,
  lane: () => 'lane',
};

const lowHalf = (value: string) =>
  `u32[result + lane] = (u32[result + lane] & 0xffff0000) | ((${value}) & 0xffff)`;

const write: Readonly<Record<Exclude<Kind, 'lane'>, (value: string) => string>> = {
  u32: (value) => `u32[result + lane] = ${value}`,
  i32: (value) => `i32[result + lane] = ${value}`,
  f32: (value) => `f32[result + lane] = flushed(Math.fround(${value}))`,
  u16: lowHalf,
  i16: lowHalf,
  f16: (value) => lowHalf(`toHalf(${value})`),
  mask: (value) =>
    `if (${value}) { if (lane < 32) low |= 1 << lane; else high |= 1 << (lane - 32); }`,
};

/**
 * A loop for one computation. Each is a function of its own text, not a closure that many share, so
 * that the JavaScript engine compiles `compute` into it: several times faster, and nearly all of a
 * simulation's time.
 */
export function laneLoop(
  result: Exclude<Kind, 'lane'>,
  sources: readonly Kind[],
  compute: Compute,
): LaneLoop {
  const values = sources.map((kind, i) => read[kind]('abc'[i]!, `${'abc'[i]}Stride`));
  const storesMask = result === 'mask';
  const text = `return (wave, result, a, aStride, b, bStride, c, cStride) => {
    const { u32, i32, f32, lanes, active } = wave;
    ${storesMask ? 'let low = 0, high = 0;' : ''}
    for (let i = 0; i < active; i++) {
      const lane = lanes[i];
      ${write[result](`compute(${values.join(', ')})`)};
    }
    ${storesMask ? 'u32[result] = low; if (wave.program.waveSize === 64) u32[result + 1] = high;' : ''}
  };`;
  return new Function('compute', 'flushed', 'fromHalf', 'toHalf', text)(
    compute,
    flushed,
    fromHalf,
    toHalf,
  );
}
