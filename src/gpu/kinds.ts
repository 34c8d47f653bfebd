/**
 * What an object is, whichever frame, host or copy of the library made it. Each of these has classes
 * of its own, and `instanceof` asks for one class.
 */

/** What an object says it is: 'Float32Array', 'GPUBuffer', and 'Object' where it says nothing. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** What a typed array is: 'Float32Array', 'Int32Array' …; undefined for what is none. */
export const typedArrayKind = (value: unknown): string | undefined =>
  ArrayBuffer.isView(value) ? tagOf(value) : undefined;

/** Whether an object is of the class of this name, or of one that extends it. */
export function isA(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (tagOf(value) === name) return true;
  // The WebGPU objects of Deno have no tag of their own.
  let proto: { constructor?: { name?: unknown } } | null = Object.getPrototypeOf(value);
  while (proto && proto.constructor?.name !== name) proto = Object.getPrototypeOf(proto);
  return proto !== null;
}
