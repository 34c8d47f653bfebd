import { tagOf } from '../util/kinds';
import type { Halves } from './halves';
import type { DType } from './region';

const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };

/** The elements of host data, which fit the dtype, as a queue takes them, in whole words. */
export function bytesFor(
  dtype: DType,
  data: ArrayLike<number | bigint>,
  halves: Halves | undefined,
): ArrayBufferView<ArrayBuffer> {
  if (dtype === 'f16') return halves!.toHalves(data as ArrayLike<number>);
  const array = arrays[dtype];
  return tagOf(data) === array.name
    ? unshared(data as Float32Array)
    : (array as typeof Float32Array).from(data as ArrayLike<unknown>, Number);
}

/** The view itself, or a copy where its memory is shared or can be resized, which browsers may refuse. */
function unshared(view: ArrayBufferView): ArrayBufferView<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = view;
  const isFixed = tagOf(buffer) === 'ArrayBuffer' && !(buffer as { resizable?: boolean }).resizable;
  if (isFixed) return view as ArrayBufferView<ArrayBuffer>;
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
}
