/** The shapes that are benchmarked, and how they are written on the command line. */

export interface Shape {
  readonly dims: readonly number[];
  /** The axis the rows run along, 0 … rank − 1. */
  readonly axis: number;
}

/** 128 MiB of f32: what every WebGPU device can bind. */
const MAX_ELEMENTS = 2 ** 25;

export const elementsOf = ({ dims }: Shape) => dims.reduce((a, b) => a * b, 1);

/** The rows of a shape: `count` of them, of `length` elements that are `inner` apart. */
export function rowsOf(shape: Shape): { count: number; length: number; inner: number } {
  const length = shape.dims[shape.axis]!;
  const inner = shape.dims.slice(shape.axis + 1).reduce((a, b) => a * b, 1);
  return { count: elementsOf(shape) / length, length, inner };
}

/**
 * Reads a shape: two sizes or more joined by `x`, and `@axis` where it is not the last, as in `1000x4096@0`.
 *
 * @returns undefined if it is not one, or has no elements or more than a device can bind.
 */
export function parseShape(text: string): Shape | undefined {
  const match = /^(\d+(?:x\d+)+)(?:@(-?\d+))?$/.exec(text.trim());
  if (!match) return undefined;
  const dims = match[1]!.split('x').map(Number);
  const given = Number(match[2] ?? -1);
  const axis = given < 0 ? given + dims.length : given;
  const shape = { dims, axis };
  const count = elementsOf(shape);
  const fits = axis >= 0 && axis < dims.length && count >= 1 && count <= MAX_ELEMENTS;
  return fits ? shape : undefined;
}

/** What `parseShape` takes, in words. */
export const SHAPE_HELP = `two sizes or more joined by x, then @axis if it is not the last one, as in 64x32768 or 1000x4096@0, with 1 to ${MAX_ELEMENTS} elements`;

/** As `parseShape` reads it. */
export const shapeId = ({ dims, axis }: Shape) =>
  dims.join('x') + (axis === dims.length - 1 ? '' : `@${axis}`);

/** For a person: `1 000 × 4 096, axis 0`. */
export const shapeTitle = ({ dims, axis }: Shape) =>
  dims.map(formatInteger).join(' × ') + (axis === dims.length - 1 ? '' : `, axis ${axis}`);

/** 1 234 567, with blanks that do not break. */
export const formatInteger = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
