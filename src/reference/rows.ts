/**
 * A tensor of any rank seen as rows along one axis, and the checks every operation makes of its
 * arguments.
 */

/** A tensor in host memory: its elements in row-major order, and its shape. */
export interface HostTensor {
  readonly data: Float32Array | Float64Array | Int32Array | Uint32Array | readonly number[];
  readonly shape: readonly number[];
}

const tagOf = (data: unknown): string => Object.prototype.toString.call(data);

/** Whether data are of a class, of whichever frame or realm: `instanceof` knows those of its own. */
export const isInt32 = (data: HostTensor['data']): data is Int32Array =>
  tagOf(data) === '[object Int32Array]';
export const isUint32 = (data: HostTensor['data']): data is Uint32Array =>
  tagOf(data) === '[object Uint32Array]';

/** What an operation must give: the exact values and how far an f32 result may be from each. */
export interface Reference {
  /** The values in float64, row-major. */
  data: Float64Array;
  shape: number[];
  /**
   * The absolute error allowed to an f32 result at each element, derived in `docs/numerics.md`.
   * Where the value is NaN or infinite it is 0: the result must be of the same kind.
   */
  bound: Float64Array;
  /** What most of each bound is made of: an index into `terms` of `bounds.ts`. */
  term?: Uint8Array;
}

/** Which axis is the class. */
export interface AxisOption {
  /** The axis the rows run along; default −1, the last. */
  axis?: number;
}

/** The factor on the logits, one way or the other. */
export interface ScaleOptions {
  /** s ≥ 0; default 1. */
  scale?: number;
  /** 1/s, over 0. */
  temperature?: number;
}

/**
 * A tensor as `outer · inner` rows of `length` elements, `inner` elements apart. Row r is at outer
 * index ⌊r / inner⌋ and inner index r mod inner, so a value per row fills `rowShape` in order.
 */
export interface Rows {
  readonly shape: readonly number[];
  readonly axis: number;
  readonly length: number;
  readonly inner: number;
  readonly count: number;
  /** The shape without the axis. */
  readonly rowShape: readonly number[];
}

export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** Throws a RangeError in the grammar of the library's errors (docs/glossary.md). */
export function refuse(op: string, name: string, may: string, got: unknown): never {
  throw new RangeError(`${op}: ${name}: expected ${may}, got ${got}`);
}

/** Throws a RangeError unless it is an integer, or where `whole` is false a number, in low … high. */
export function checkRange(
  op: string,
  name: string,
  value: number,
  low: number,
  high: number,
  { whole = true, where = '' } = {},
): void {
  const isNumber = whole ? Number.isInteger(value) : Number.isFinite(value);
  if (isNumber && value >= low && value <= high) return;
  if (!isNumber) {
    const kind = whole ? 'an integer' : 'a number';
    refuse(op, name, `${kind} in [${low}, ${high}]${where}`, value);
  }
  throw new RangeError(`${op}: ${name} ${value} is out of range [${low}, ${high}]${where}`);
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** Throws a RangeError unless the tensor holds as many elements as its shape says. */
export function checkCount(op: string, name: string, tensor: HostTensor): void {
  for (const size of tensor.shape) {
    if (!Number.isInteger(size) || size < 0) {
      refuse(op, name, 'a shape of integers >= 0', formatShape(tensor.shape));
    }
  }
  const count = product(tensor.shape);
  if (tensor.data.length !== count) {
    const may = `length ${count} for shape ${formatShape(tensor.shape)}`;
    refuse(op, name, may, tensor.data.length);
  }
}

/** Throws a RangeError unless the tensor has exactly this shape. */
export function checkShape(
  op: string,
  name: string,
  tensor: HostTensor,
  shape: readonly number[],
): void {
  checkCount(op, name, tensor);
  if (tensor.shape.length !== shape.length || tensor.shape.some((n, d) => n !== shape[d])) {
    refuse(op, name, `shape ${formatShape(shape)}`, formatShape(tensor.shape));
  }
}

/** Cuts a tensor into rows; throws a RangeError for a bad count or axis. */
export function rowsOf(op: string, name: string, tensor: HostTensor, axis = -1): Rows {
  checkCount(op, name, tensor);
  const { shape } = tensor;
  const rank = shape.length;
  if (rank === 0) refuse(op, 'axis', 'a tensor of rank 1 or more', 'shape []');
  checkRange(op, 'axis', axis, -rank, rank - 1, { where: ` for shape ${formatShape(shape)}` });
  const positive = axis < 0 ? axis + rank : axis;
  const length = shape[positive]!;
  const rowShape = shape.filter((_, d) => d !== positive);
  return {
    shape,
    axis: positive,
    length,
    inner: product(shape.slice(positive + 1)),
    count: product(rowShape),
    rowShape,
  };
}

/** Throws a RangeError for rows without an element to take. */
export function checkElements(op: string, { length, axis, shape }: Rows): void {
  if (length > 0) return;
  refuse(op, 'x', `1 element or more along axis ${axis}`, `shape ${formatShape(shape)}`);
}

/** Index of the first element of row r; the others follow `rows.inner` apart. */
export const firstElement = (rows: Rows, r: number): number => {
  const inner = r % rows.inner;
  return (r - inner) * rows.length + inner;
};

/** A result of this shape, all zeros with a bound of 0. */
export function emptyReference(shape: readonly number[]): Reference {
  const count = product(shape);
  return {
    data: new Float64Array(count),
    shape: [...shape],
    bound: new Float64Array(count),
    term: new Uint8Array(count),
  };
}

/** Fills row r of a result with one special value, which allows no error. */
export function fillRow(result: Reference, rows: Rows, r: number, value: number): void {
  let i = firstElement(rows, r);
  for (let k = 0; k < rows.length; k++, i += rows.inner) {
    result.data[i] = value;
  }
}

/** The scale as the kernels see it, rounded to f32; throws a RangeError for a bad option. */
export function scaleOf(op: string, options: ScaleOptions): number {
  const { scale, temperature } = options;
  if (temperature !== undefined) {
    if (scale !== undefined) {
      throw new RangeError(
        `${op}: scale (${scale}) and temperature (${temperature}) are both given; give one of them`,
      );
    }
    const rounded = Math.fround(1 / temperature);
    if (!(temperature > 0 && rounded > 0 && rounded < Infinity)) {
      refuse(op, 'temperature', 'a finite f32 > 0 whose inverse is one too', temperature);
    }
    return rounded;
  }
  if (scale === undefined) {
    return 1;
  }
  const rounded = Math.fround(scale);
  if (!(rounded >= 0 && rounded < Infinity)) {
    refuse(op, 'scale', 'a finite f32 >= 0', scale);
  }
  return rounded;
}
