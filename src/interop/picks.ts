/** A tensor of transformers.js'. */
export interface ModelTensor {
  slice(...ranges: unknown[]): ModelTensor;
}
type ModelTensorClass = new (type: string, data: Float32Array, dims: number[]) => ModelTensor;

/** The class of a model's tensors. */
export function classOf(inputs: object): ModelTensorClass {
  const tensor = Object.values(inputs).find((one) => one?.ort_tensor);
  return tensor.constructor;
}

/** Logits that are −∞ but for a token of each row; of them transformers.js takes the largest. */
export class Picks {
  private readonly data: Float32Array;
  private readonly tensor: ModelTensor;
  private last: readonly number[] = [];

  constructor(
    Tensor: ModelTensorClass,
    rows: number,
    private readonly classes: number,
  ) {
    this.data = new Float32Array(rows * classes).fill(Number.NEGATIVE_INFINITY);
    const flat = new Tensor('float32', this.data, [rows, classes]);
    this.tensor = new Tensor('float32', this.data, [rows, 1, classes]);
    // What it asks for is the last position, of which this makes no copy.
    this.tensor.slice = () => flat;
  }

  /** Those of a step; the tensor is the same each time. */
  of(tokens: Int32Array): ModelTensor {
    for (const place of this.last) this.data[place] = Number.NEGATIVE_INFINITY;
    this.last = Array.from(tokens, (token, row) => row * this.classes + token);
    for (const place of this.last) this.data[place] = 0;
    return this.tensor;
  }
}
