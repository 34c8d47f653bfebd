/**
 * What an object is, whichever frame, host or copy of the library made it. Each of these has classes
 * of its own, and `instanceof` asks for one class.
 */

/** What an object says it is: 'Float32Array', 'GPUBuffer', and 'Object' where it says nothing. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Whether an object is of the class of this name, or of one that extends it. */
export function isA(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (tagOf(value) === name) return true;
  // The WebGPU objects of Deno have no tag of their own.
  let proto: { constructor?: { name?: unknown } } | null = Object.getPrototypeOf(value);
  while (proto && proto.constructor?.name !== name) proto = Object.getPrototypeOf(proto);
  return proto !== null;
}

/**
 * What a typed array is: 'Float32Array', 'Int32Array' …; undefined for what is none, and for one whose
 * memory is gone.
 */
export const typedArrayKind = (value: unknown): string | undefined =>
  ArrayBuffer.isView(value) && !isGone(value) ? tagOf(value) : undefined;

/** Whether a typed array has lost its memory: transferred, or cut off by a `resize`. Its length is 0 then. */
export function isGone(view: ArrayBufferView): boolean {
  if (view.byteLength > 0 || !('values' in view)) return false;
  try {
    // No property tells it from an empty array. Methods do.
    (view as Float32Array).values();
    return false;
  } catch {
    return true;
  }
}

/** The name of an array's type, of whatever realm; undefined for anything else. */
export const arrayKind = (value: unknown): string | undefined =>
  Array.isArray(value) ? 'Array' : typedArrayKind(value);
