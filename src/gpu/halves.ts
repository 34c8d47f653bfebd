/** What takes f16: the value `f16`, and what becomes of it on a device. */

import type { DeviceFacts } from './adapter';
import type { Dispatch, Place } from './plan';

/**
 * How f16 is read and written: packed in words, two to each, and converted by integer arithmetic or by
 * the device's own instruction where that is exact; or bound as the type f16, which takes the device
 * feature `shader-f16`. All give the same bits.
 */
export const halfConversions = ['integer', 'native', 'typed'] as const;
/** One of those ways to read and write f16. */
export type HalfConversion = (typeof halfConversions)[number];

/** A region, and the first of some elements of it. */
export type From = readonly [region: Place, first: number];

/** f16 on a device. */
export interface Halves {
  readonly conversion: HalfConversion;
  /** WGSL of `widen` and `narrow`. */
  readonly sources: readonly string[];
  /** The same for halves that are packed and converted by integers, whatever `conversion` is. */
  readonly packed: readonly string[];
  /** WGSL that loads and stores packed halves, quads of a row or of columns, where it is not by vec4s. */
  readonly loaders: { readonly row: string; readonly columns: string };
  /** The dispatches that convert `count` elements of f32 or f16 to the other type; f32 ones are rounded. */
  convert(label: string, device: DeviceFacts, from: From, to: From, count: number): Dispatch[];
  /** The f16 of each number, in an even number of halves, since the GPU takes whole words. */
  toHalves(values: ArrayLike<number>): Uint16Array<ArrayBuffer>;
  /** What each f16 is; exact. */
  fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer>;
}

/** Tensors of f16. */
export interface HalfPrecision {
  /** The dtype of the tensors. */
  readonly name: 'f16';
  /**
   * How a device takes them, tested where that is needed.
   *
   * @param wanted the conversion; default: the best that the device passes the test of.
   * @internal
   */
  on(device: GPUDevice, facts: DeviceFacts, wanted: HalfConversion | undefined): Promise<Halves>;
}
