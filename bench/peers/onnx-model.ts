import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** Element types by their numbers in onnx.proto. */
export const FLOAT = 1;
export const INT64 = 7;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;
const IR_VERSION = 8;
const OPSET = 18;

/** A node of a graph: the operator's name, what it reads, the one thing it writes, its attributes. */
export interface Node {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** An input or output: its name, element type, and dimensions, those that vary by name. */
export interface Value {
  readonly name: string;
  readonly element: number;
  readonly dims: readonly (number | string)[];
}

/** A tensor that nodes may read: integers, or f32 values. */
export interface Constant {
  readonly dims: readonly number[];
  readonly data: BigInt64Array | Float32Array;
}

/** What a file consists of. */
export interface Graph {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly constants?: Readonly<Record<string, Constant>>;
}

/**
 * An ONNX file with the tensors `x` and `y` of one shape and nodes in between.
 *
 * @param constants lists of int64 that nodes may read, by name.
 * @param output what y is; default f32.
 * @param input what x is; default f32.
 */
export function onnxModel(
  dims: readonly number[],
  nodes: readonly Node[],
  constants: Readonly<Record<string, readonly number[]>> = {},
  output: typeof FLOAT | typeof INT64 = FLOAT,
  input: typeof FLOAT | typeof INT64 = FLOAT,
): Uint8Array {
  const lists = Object.entries(constants).map(([name, list]) => [
    name,
    { dims: [list.length], data: BigInt64Array.from(list, BigInt) },
  ]);
  return onnxFile({
    inputs: [{ name: 'x', element: input, dims }],
    outputs: [{ name: 'y', element: output, dims }],
    nodes,
    constants: Object.fromEntries(lists),
  });
}

/** An ONNX file of a graph. */
export function onnxFile({ inputs, outputs, nodes, constants = {} }: Graph): Uint8Array {
  const graph = message((w) => {
    for (const node of nodes) field(w, 1, nodeMessage(node));
    field(w, 2, 'graph');
    for (const [name, constant] of Object.entries(constants)) {
      field(w, 5, tensorMessage(name, constant));
    }
    for (const value of inputs) field(w, 11, valueMessage(value));
    for (const value of outputs) field(w, 12, valueMessage(value));
  });
  const opset = message((w) => {
    field(w, 1, '');
    w.uint32(tag(2, 0)).int64(OPSET);
  });
  return message((w) => {
    w.uint32(tag(1, 0)).int64(IR_VERSION);
    field(w, 7, graph);
    field(w, 8, opset);
  });
}

const nodeMessage = ({ inputs, output, type, attributes = {} }: Node): Uint8Array =>
  message((w) => {
    for (const input of inputs) field(w, 1, input);
    field(w, 2, output);
    field(w, 4, type);
    for (const [name, value] of Object.entries(attributes)) {
      const attribute = message((a) => {
        field(a, 1, name);
        if (typeof value === 'number') a.uint32(tag(3, 0)).int64(value);
        else for (const number of value) a.uint32(tag(8, 0)).int64(number);
        a.uint32(tag(20, 0)).int32(typeof value === 'number' ? ATTRIBUTE_INT : ATTRIBUTE_INTS);
      });
      field(w, 5, attribute);
    }
  });

const tensorMessage = (name: string, { dims, data }: Constant): Uint8Array =>
  message((w) => {
    for (const size of dims) w.uint32(tag(1, 0)).int64(size);
    w.uint32(tag(2, 0)).int32(data instanceof Float32Array ? FLOAT : INT64);
    field(w, 8, name);
    field(w, 9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });

const valueMessage = ({ name, element, dims }: Value): Uint8Array =>
  message((w) => {
    field(w, 1, name);
    const shape = message((s) => {
      for (const size of dims) {
        const dim = message((d) => {
          if (typeof size === 'number') d.uint32(tag(1, 0)).int64(size);
          else field(d, 2, size);
        });
        field(s, 1, dim);
      }
    });
    const tensor = message((t) => {
      t.uint32(tag(1, 0)).int32(element);
      field(t, 2, shape);
    });
    field(
      w,
      2,
      message((t) => field(t, 1, tensor)),
    );
  });

const tag = (field: number, type: number) => (field << 3) | type;

function message(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

/** Text, bytes or a message. */
function field(writer: BinaryWriter, number: number, content: string | Uint8Array): void {
  writer.uint32(tag(number, 2));
  if (typeof content === 'string') writer.string(content);
  else writer.bytes(content);
}
