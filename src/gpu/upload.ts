import { toHalves } from './half';
import { tagOf } from './kinds';
import type { DType } from './region';

/** The elements of host data as a queue takes them, in whole words. */
export function bytesFor(dtype: DType, data: ArrayLike<number>): ArrayBufferView<ArrayBuffer> {
  if (dtype === 'f16') return toHalves(data);
  if (ArrayBuffer.isView(data)) return unshared(data);
  if (dtype === 'i32') return Int32Array.from(data);
  return dtype === 'u32' ? Uint32Array.from(data) : Float32Array.from(data);
}

/** The view itself, or a copy where its memory is shared or can be resized, which browsers may refuse. */
function unshared(view: ArrayBufferView): ArrayBufferView<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = view;
  const isFixed = tagOf(buffer) === 'ArrayBuffer' && !(buffer as { resizable?: boolean }).resizable;
  if (isFixed) return view as ArrayBufferView<ArrayBuffer>;
  return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
}
